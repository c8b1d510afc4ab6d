"""Public access is taken away, by the bucket's block or by its account's."""

from holdfast.compliance.access.blocks import is_in_force
from holdfast.compliance.access.doubt import those
from holdfast.compliance.access.standards import BLOCK_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK

SETTINGS = ("IgnorePublicAcls", "RestrictPublicBuckets")


def check(facts: Facts) -> str | None:
    """Fail unless both settings that take access away are in force at either level; the stricter level holds."""
    off = those(SETTINGS, lambda setting: not is_in_force(facts, setting))
    return f"{' and '.join(off)} off for the bucket and for its account" if off else None


CONTROL = Control(
    id="public_access_restricted",
    kind="s3_bucket",
    title="public ACLs and policies are without effect",
    severity="medium",
    rationale="These two settings take away what a mistaken policy or ACL has already granted.",
    advice="Turn on the public access block of the bucket, or of the whole account.",
    references=("Prowler s3_bucket_level_public_access_block",),
    events=BLOCK_CHANGES,
    reads=(BLOCK, ACCOUNT_BLOCK),
    check=check,
    optional=True,
)
