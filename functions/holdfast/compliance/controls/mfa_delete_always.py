"""Deleting a version takes a second factor, whatever else the bucket has."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import VERSIONING


def check(facts: Facts) -> str | None:
    """Fail unless MFA delete is on, even where a lifecycle rules it out."""
    versioning = facts[VERSIONING]
    if versioning.get("MFADelete") == "Enabled":
        return None
    return "MFA delete is not enabled" + ("" if versioning.get("Status") == "Enabled" else ", nor is versioning")


CONTROL = Control(
    id="mfa_delete_always",
    kind="s3_bucket",
    title="MFA delete is enabled",
    severity="low",
    rationale="Stolen keys alone then delete no version of an object.",
    advice="As the root user, enable versioning and MFA delete in one call, and do without a lifecycle.",
    references=("Config s3-bucket-mfa-delete-enabled", "Prowler s3_bucket_no_mfa_delete"),
    events=("PutBucketVersioning",),
    reads=(VERSIONING,),
    check=check,
    optional=True,
)
