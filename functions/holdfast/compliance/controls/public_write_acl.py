"""The ACL lets the public write nothing."""

from holdfast.compliance.access.acl import WRITING
from holdfast.compliance.access.openings import by_acl
from holdfast.compliance.access.standards import ACL_CHANGES, BLOCK_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP


def check(facts: Facts) -> str | None:
    """Fail if the ACL lets everyone, or every AWS account, write objects or the ACL itself."""
    return "; ".join(by_acl(facts, WRITING)) or None


CONTROL = Control(
    id="public_write_acl",
    kind="s3_bucket",
    title="the ACL lets the public write nothing",
    severity="critical",
    rationale="What the public can write poisons the data that a model learns from, or replaces it.",
    advice="Remove the grants to AllUsers and AuthenticatedUsers, or switch ACLs off.",
    references=("Prowler s3_bucket_public_write_acl",),
    events=(*ACL_CHANGES, *BLOCK_CHANGES),
    reads=(BLOCK, ACCOUNT_BLOCK, OWNERSHIP, ACL),
    check=check,
    optional=True,
)
