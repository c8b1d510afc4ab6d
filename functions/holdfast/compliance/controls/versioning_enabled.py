"""Every version of an object is kept."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import VERSIONING
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.standards import nist


class Deleting(Parameters):
    """Whether deleting a version must take a second factor too."""

    is_mfa_delete_enabled: bool = False


def check(facts: Facts) -> str | None:
    """Fail unless the status is exactly `Enabled`; `Suspended` keeps no new versions."""
    versioning = facts[VERSIONING]
    status = versioning.get("Status", "never set")
    if status != "Enabled":
        return f"versioning is {str(status).lower()}"
    if facts.given(Deleting).is_mfa_delete_enabled and versioning.get("MFADelete") != "Enabled":
        return "MFA delete is not enabled"
    return None


def propose(facts: Facts) -> Remedy | str:
    """Enable versioning; what was never set can afterwards only be suspended."""
    versioning = facts[VERSIONING]
    if versioning.get("MFADelete") == "Enabled" or facts.given(Deleting).is_mfa_delete_enabled:
        return "MFA delete takes the root user's own device: only that user can change versioning here"
    undone = "undo suspends it, and" if versioning.get("Status") == "Suspended" else "S3 can only suspend it again:"
    return Remedy(
        does=f"enables versioning; {undone} versions kept until then stay",
        apply=(_put("Enabled"),),
        undo=(_put("Suspended"),),
    )


def _put(status: str) -> Step:
    arguments = {"VersioningConfiguration": {"Status": status}}
    return Step("put_bucket_versioning", "s3:PutBucketVersioning", arguments)


CONTROL = Control(
    id="versioning_enabled",
    kind="s3_bucket",
    title="versioning is enabled",
    severity="low",
    rationale="Without versions an overwrite or a deletion is final, and a model's data cannot be proved.",
    advice="Enable versioning, and expire old versions by lifecycle.",
    references=(
        "FSBP S3.14",
        "Config s3-bucket-versioning-enabled",
        "Prowler s3_bucket_object_versioning",
        *nist("AU-9(2) CP-6 CP-6(1) CP-6(2) CP-9 CP-10 SC-5(2) SI-12 SI-13(5)"),
    ),
    events=("PutBucketVersioning",),
    reads=(VERSIONING,),
    check=check,
    parameters=Deleting,
    optional=True,
    remediation=Remediation(("s3:PutBucketVersioning",), (VERSIONING,), propose),
)
