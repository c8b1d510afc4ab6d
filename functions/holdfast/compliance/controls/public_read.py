"""Nobody whom no one named can read the bucket."""

from holdfast.compliance.access.acl import READING as READING_ACL
from holdfast.compliance.access.openings import openings
from holdfast.compliance.access.reach import READING
from holdfast.compliance.access.standards import CHANGES, NIST_CLOSED
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY


def check(facts: Facts) -> str | None:
    """Fail if policy or ACL lets the public get or list anything, after what the blocks take away."""
    return openings(facts, READING, READING_ACL)


CONTROL = Control(
    id="public_read",
    kind="s3_bucket",
    title="the public cannot read the bucket",
    severity="critical",
    rationale="What the public can read is copied by anyone and cannot be called back.",
    advice="Remove the grant, or limit it to named principals or to fixed accounts, organisations or VPC endpoints.",
    references=("FSBP S3.2", "Config s3-bucket-public-read-prohibited", *NIST_CLOSED),
    events=CHANGES,
    reads=(POLICY, BLOCK, ACCOUNT_BLOCK, OWNERSHIP, ACL),
    check=check,
)
