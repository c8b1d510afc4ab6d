"""A notebook instance stands in a VPC of ours."""

from pydantic import AliasChoices, Field

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from holdfast.compliance.standards import nist


class Subnets(Parameters):
    """`SubnetIds` are the subnets that a notebook instance may stand in; without any, every subnet will do."""

    subnet_ids: Listed = Field(default=(), validation_alias=AliasChoices("SubnetIds", "subnetIds"), alias="SubnetIds")


def check(facts: Facts) -> str | None:
    """Fail without a subnet, or in one that is not asked for."""
    subnet, allowed = facts[NOTEBOOK].get("SubnetId"), facts.given(Subnets).subnet_ids
    if not subnet:
        return "it has no SubnetId: it stands in a VPC of AWS's"
    return None if not allowed or subnet in allowed else f"{subnet} is not among the subnets of SubnetIds"


CONTROL = Control(
    id="notebook_in_vpc",
    kind="sagemaker_notebook_instance",
    title="the notebook instance is in our VPC",
    severity="high",
    rationale="Outside our VPC no security group, route or flow log of ours governs what a notebook talks to.",
    advice="Make the notebook instance anew with SubnetId and SecurityGroupIds: they cannot be changed.",
    references=(
        "SageMaker.2",
        "Config sagemaker-notebook-instance-inside-vpc",
        "Prowler sagemaker_notebook_instance_vpc_settings_configured",
        *nist("AC-3 AC-4 AC-6 AC-21 SC-7"),
    ),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
    parameters=Subnets,
)
