"""A notebook instance reaches the internet only through our VPC."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from holdfast.compliance.standards import nist


def check(facts: Facts) -> str | None:
    """Fail unless direct internet access is disabled; the default is enabled."""
    access = facts[NOTEBOOK].get("DirectInternetAccess") or "Enabled"
    return None if access == "Disabled" else f"DirectInternetAccess is {access}"


CONTROL = Control(
    id="notebook_no_direct_internet",
    kind="sagemaker_notebook_instance",
    title="direct internet access is disabled",
    severity="high",
    rationale="With direct access a notebook can send data anywhere, past every rule and log of our network.",
    advice="Make the notebook instance anew with a subnet and DirectInternetAccess Disabled: it cannot be changed.",
    references=(
        "SageMaker.1",
        "Config sagemaker-notebook-no-direct-internet-access",
        "Prowler sagemaker_notebook_instance_without_direct_internet_access_configured",
        *nist("AC-3 AC-4 AC-6 AC-21 SC-7"),
    ),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
)
