"""The bucket policy lets the public write nothing."""

from holdfast.compliance.access.openings import by_policy
from holdfast.compliance.access.reach import WRITING
from holdfast.compliance.access.standards import BLOCK_CHANGES, POLICY_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK, POLICY


def check(facts: Facts) -> str | None:
    """Fail if the policy alone lets the public put, delete or change anything; ACLs are another control's matter."""
    return "; ".join(by_policy(facts, WRITING)) or None


CONTROL = Control(
    id="public_write_policy",
    kind="s3_bucket",
    title="the bucket policy lets the public write nothing",
    severity="critical",
    rationale="What the public can write poisons the data that a model learns from, or replaces it.",
    advice="Remove the grant from the bucket policy, or limit it to named principals.",
    references=("Prowler s3_bucket_policy_public_write_access",),
    events=(*POLICY_CHANGES, *BLOCK_CHANGES),
    reads=(POLICY, BLOCK, ACCOUNT_BLOCK),
    check=check,
    optional=True,
)
