"""Deleting a version takes a second factor, where S3 lets it."""

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import LIFECYCLE, VERSIONING
from holdfast.compliance.standards import nist


def check(facts: Facts) -> Ruling:
    """Fail unless MFA delete is on; S3 has either that or a lifecycle."""
    if facts[LIFECYCLE].get("Rules"):
        return NotApplicable("the bucket has a lifecycle, with which S3 has no MFA delete")
    return None if facts[VERSIONING].get("MFADelete") == "Enabled" else "MFA delete is not enabled"


CONTROL = Control(
    id="mfa_delete",
    kind="s3_bucket",
    title="MFA delete is enabled",
    severity="low",
    rationale="Stolen keys alone then delete no version of an object.",
    advice="As the root user, enable versioning and MFA delete in one call.",
    references=(
        "FSBP S3.20",
        "CIS 5.0 2.1.2",
        "CIS 3.0 2.1.2",
        "CIS 1.4 2.1.3",
        *nist("CA-9(1) CM-2 CM-2(2) CM-3 SC-5(2)"),
    ),
    events=(
        "PutBucketVersioning",
        "PutBucketLifecycle",
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "DeleteBucketLifecycleConfiguration",
    ),
    reads=(LIFECYCLE, VERSIONING),
    check=check,
    optional=True,
)
