"""An approved model was approved by somebody, not by whatever registered it."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.inside import at
from holdfast.compliance.reads.sagemaker import PACKAGE


def check(facts: Facts) -> str | None:
    """Fail if an approval has no reason, and nobody gave it but who registered the model."""
    package = facts[PACKAGE]
    if package.get("ModelApprovalStatus") != "Approved" or package.get("ApprovalDescription"):
        return None
    if not package.get("LastModifiedTime"):
        return "it was approved as it was registered: nobody looked at it in between"
    approver = _who(package, "LastModifiedBy")
    if approver is not None and approver != _who(package, "CreatedBy"):
        return None
    return f"approved by {approver or 'nobody that is named'}, without a reason, as it was registered by the same"


def _who(package: Fact, role: str) -> str | None:
    who = at(package, role, "UserProfileArn") or at(package, role, "IamIdentity", "Arn")
    return who if isinstance(who, str) else None


CONTROL = Control(
    id="model_package_approved",
    kind="sagemaker_model_package",
    title="no approval that nobody gave",
    severity="medium",
    rationale="A pipeline that approves what it has trained has no approval at all, only a name for it.",
    advice="Register models as PendingManualApproval; let somebody else approve them, with an ApprovalDescription.",
    references=(),
    events=(),
    reads=(PACKAGE,),
    check=check,
    optional=True,
)
