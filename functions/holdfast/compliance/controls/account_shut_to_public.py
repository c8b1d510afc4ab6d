"""Public access is taken away from all buckets of the account at once."""

from holdfast.compliance.access.blocks import blocks
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK

SETTINGS = ("IgnorePublicAcls", "RestrictPublicBuckets")


def check(facts: Facts) -> Ruling:
    """Pass if both settings that take access away are on; else it is each bucket's own affair."""
    off = [setting for setting in SETTINGS if not blocks(facts[ACCOUNT_BLOCK], setting)]
    return NotApplicable(f"the account leaves it to each bucket: {' and '.join(off)} off") if off else None


CONTROL = Control(
    id="account_shut_to_public",
    kind="aws_account",
    title="no bucket of the account is open to the public",
    severity="critical",
    rationale="What the account takes away, no bucket's policy or ACL can give to the public again.",
    advice="Turn on IgnorePublicAcls and RestrictPublicBuckets for the account, unless a bucket must be public.",
    references=(
        "Prowler s3_bucket_public_access",
        "Prowler s3_bucket_public_list_acl",
        "Prowler s3_bucket_public_write_acl",
    ),
    events=(
        "PutAccountPublicAccessBlock",
        "DeleteAccountPublicAccessBlock",
        "PutPublicAccessBlock",
        "DeletePublicAccessBlock",
    ),
    reads=(ACCOUNT_BLOCK,),
    check=check,
    optional=True,
)
