"""The ACL lets the public list nothing."""

from holdfast.compliance.access.acl import READING
from holdfast.compliance.access.openings import by_acl
from holdfast.compliance.access.standards import ACL_CHANGES, BLOCK_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP


def check(facts: Facts) -> str | None:
    """Fail if the ACL lets everyone, or every AWS account, list the objects or read the ACL itself."""
    return "; ".join(by_acl(facts, READING)) or None


CONTROL = Control(
    id="public_list_acl",
    kind="s3_bucket",
    title="the ACL lets the public list nothing",
    severity="critical",
    rationale="Whoever can list a bucket knows the name of everything in it and tries each.",
    advice="Remove the grants to AllUsers and AuthenticatedUsers, or switch ACLs off.",
    references=("Prowler s3_bucket_public_list_acl",),
    events=(*ACL_CHANGES, *BLOCK_CHANGES),
    reads=(BLOCK, ACCOUNT_BLOCK, OWNERSHIP, ACL),
    check=check,
    optional=True,
)
