"""Access is granted by policy alone."""

from holdfast.compliance.access import ACL, OWNERSHIP, acls_count, public_acl
from holdfast.compliance.control import Control, Facts


def check(facts: Facts) -> str | None:
    """Fail unless the bucket owner owns every object, and say so if an ACL is open to the public besides."""
    if not acls_count(facts[OWNERSHIP.fact]):
        return None
    granted = public_acl(facts[ACL.fact])
    return f"ACLs are in use, and {granted}" if granted else "ACLs are in use: ownership is not BucketOwnerEnforced"


CONTROL = Control(
    id="acls_disabled",
    title="ACLs are switched off",
    severity="medium",
    references=("FSBP S3.12", "Config s3-bucket-acl-prohibited", "Prowler s3_bucket_acl_prohibited"),
    events=("PutBucketAcl", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls"),
    reads=(OWNERSHIP, ACL),
    check=check,
)
