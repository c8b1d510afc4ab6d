"""Users of a notebook instance are not its root."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from holdfast.compliance.standards import nist


def check(facts: Facts) -> str | None:
    """Fail unless root access is disabled; the default is enabled."""
    access = facts[NOTEBOOK].get("RootAccess") or "Enabled"
    return None if access == "Disabled" else f"RootAccess is {access}"


CONTROL = Control(
    id="notebook_no_root",
    kind="sagemaker_notebook_instance",
    title="users have no root access",
    severity="high",
    rationale="Root can switch off what watches the notebook and read what other users left on it.",
    advice="Stop the notebook instance, set RootAccess to Disabled, and start it again.",
    references=(
        "SageMaker.3",
        "Config sagemaker-notebook-instance-root-access-check",
        "Prowler sagemaker_notebook_instance_root_access_disabled",
        *nist("AC-2(1) AC-3(7) AC-3(15) AC-6 AC-6(2) AC-6(10)"),
    ),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
)
