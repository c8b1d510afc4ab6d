"""Objects can be kept from being changed or removed."""

from typing import Literal

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import OBJECT_LOCK
from holdfast.compliance.standards import nist


class Kept(Parameters):
    """By which mode new objects must be locked, if that matters."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"] | None = None


def check(facts: Facts) -> str | None:
    """Fail unless Object Lock is on, and locks new objects by the mode that was asked for."""
    lock, wanted = facts[OBJECT_LOCK].get("ObjectLockConfiguration", {}), facts.given(Kept).mode
    if lock.get("ObjectLockEnabled") != "Enabled":
        return "Object Lock is not enabled"
    found = lock.get("Rule", {}).get("DefaultRetention", {}).get("Mode")
    if wanted in (None, found):
        return None
    return f"Object Lock retains new objects by {found or 'no default'}, expected {wanted}"


CONTROL = Control(
    id="object_lock",
    kind="s3_bucket",
    title="Object Lock is enabled",
    severity="medium",
    rationale="What must outlast mistakes and intruders needs a lock that not even its owner can lift.",
    advice="Enable Object Lock, which takes versioning, and set a default retention.",
    references=(
        "FSBP S3.15",
        "Config s3-bucket-default-lock-enabled",
        "Prowler s3_bucket_object_lock",
        *nist("CP-6(2)"),
    ),
    events=("PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"),
    reads=(OBJECT_LOCK,),
    check=check,
    parameters=Kept,
    optional=True,
)
