"""Nobody whom no one named can write to the bucket."""

from holdfast.compliance.access.acl import WRITING as WRITING_ACL
from holdfast.compliance.access.openings import openings
from holdfast.compliance.access.reach import WRITING
from holdfast.compliance.access.standards import CHANGES, NIST_CLOSED
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY


def check(facts: Facts) -> str | None:
    """Fail if policy or ACL lets the public put, delete or change anything, after what the blocks take away."""
    return openings(facts, WRITING, WRITING_ACL)


CONTROL = Control(
    id="public_write",
    kind="s3_bucket",
    title="the public cannot write to the bucket",
    severity="critical",
    rationale="What the public can write poisons the data that a model learns from, or replaces it.",
    advice="Remove the grant, or limit it to named principals or to fixed accounts, organisations or VPC endpoints.",
    references=("FSBP S3.3", "Config s3-bucket-public-write-prohibited", *NIST_CLOSED),
    events=CHANGES,
    reads=(POLICY, BLOCK, ACCOUNT_BLOCK, OWNERSHIP, ACL),
    check=check,
)
