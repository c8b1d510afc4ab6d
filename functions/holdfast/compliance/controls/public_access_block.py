"""The bucket refuses public access, whatever its policy and ACLs say."""

from holdfast.compliance.access import BLOCK, blocks
from holdfast.compliance.control import Control, Facts

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def check(facts: Facts) -> str | None:
    """Fail unless all four settings of the bucket are on; the account's own block does not count here."""
    off = [setting for setting in SETTINGS if not blocks(facts[BLOCK.fact], setting)]
    if len(off) == len(SETTINGS):
        return "the bucket has no public access block"
    return f"public access block: {', '.join(off)} off" if off else None


CONTROL = Control(
    id="public_access_block",
    title="the public access block is complete",
    severity="high",
    references=(
        "FSBP S3.8",
        "Config s3-bucket-level-public-access-prohibited",
        "Prowler s3_bucket_level_public_access_block",
    ),
    events=(
        "PutBucketPublicAccessBlock",
        "DeleteBucketPublicAccessBlock",
        "PutPublicAccessBlock",
        "DeletePublicAccessBlock",
    ),
    reads=(BLOCK,),
    check=check,
)
