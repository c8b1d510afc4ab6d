"""A model's containers talk through our VPC."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import MODEL


def check(facts: Facts) -> str | None:
    """Fail unless the model names subnets."""
    return missing(facts[MODEL], "VpcConfig", "Subnets")


CONTROL = Control(
    id="model_in_vpc",
    kind="sagemaker_model",
    title="the model is in our VPC",
    severity="medium",
    rationale="Outside our VPC no security group, route or flow log of ours governs what a model's containers talk to.",
    advice="Make the model anew with VpcConfig: subnets and security groups cannot be changed.",
    references=("Config sagemaker-model-in-vpc", "Prowler sagemaker_models_vpc_settings_configured"),
    events=(),
    reads=(MODEL,),
    check=check,
    optional=True,
)
