"""Access is granted by policy alone."""

from collections.abc import Mapping

from holdfast.compliance.access.acl import acls_count, others, public_acl
from holdfast.compliance.access.standards import ACL_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts, UnknownFactError
from holdfast.compliance.reads.s3 import ACL, OWNERSHIP
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.standards import nist

PERMISSION = "s3:PutBucketOwnershipControls"
OFF = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def check(facts: Facts) -> str | None:
    """Fail unless the bucket owner owns every object, and say so if an ACL is open to the public besides."""
    if not acls_count(facts[OWNERSHIP]):
        return None
    try:
        granted = public_acl(facts[ACL])
    except UnknownFactError:
        granted = None
    return f"ACLs are in use, and {granted}" if granted else "ACLs are in use: ownership is not BucketOwnerEnforced"


def propose(facts: Facts) -> Remedy | str:
    """Switch ACLs off where they grant nothing to others; S3 refuses it otherwise, and somebody would lose access."""
    granted = others(facts[ACL])
    if granted:
        return f"the ACL also grants to {', '.join(granted)}: move that into the bucket policy first"
    before = facts[OWNERSHIP].get("OwnershipControls")
    undo = (
        _put({"Rules": [{"ObjectOwnership": rule["ObjectOwnership"]} for rule in before["Rules"]]}) if before else None
    )
    return Remedy(
        does="sets object ownership to BucketOwnerEnforced: ACLs of the bucket and of its objects count no more",
        apply=(_put(OFF),),
        undo=(undo or Step("delete_bucket_ownership_controls", PERMISSION),),
    )


def _put(ownership: Mapping[str, object]) -> Step:
    return Step("put_bucket_ownership_controls", PERMISSION, {"OwnershipControls": ownership})


CONTROL = Control(
    id="acls_disabled",
    kind="s3_bucket",
    title="ACLs are switched off",
    severity="medium",
    rationale="ACLs grant access beside the bucket policy, object by object, where no review sees them.",
    advice="Set object ownership to BucketOwnerEnforced after moving what ACLs grant into the bucket policy.",
    references=(
        "FSBP S3.12",
        "Config s3-bucket-acl-prohibited",
        "Prowler s3_bucket_acl_prohibited",
        *nist("AC-2(1) AC-3 AC-3(7) AC-3(15) AC-6"),
    ),
    events=ACL_CHANGES,
    reads=(OWNERSHIP, ACL),
    check=check,
    remediation=Remediation((PERMISSION,), (OWNERSHIP, ACL), propose),
)
