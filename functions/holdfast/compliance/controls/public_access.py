"""Neither policy nor ACL opens the bucket to the public for anything at all."""

from holdfast.compliance.access.openings import openings
from holdfast.compliance.access.standards import CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY


def check(facts: Facts) -> str | None:
    """Fail if anyone gets in that nobody named, for any action of S3."""
    return openings(facts)


CONTROL = Control(
    id="public_access",
    kind="s3_bucket",
    title="nothing is open to the public",
    severity="critical",
    rationale="What is open to the public is read, copied or overwritten by anyone.",
    advice="Remove the grant, or limit it to named principals or to fixed accounts, organisations or VPC endpoints.",
    references=("Prowler s3_bucket_public_access",),
    events=CHANGES,
    reads=(POLICY, BLOCK, ACCOUNT_BLOCK, OWNERSHIP, ACL),
    check=check,
    optional=True,
)
