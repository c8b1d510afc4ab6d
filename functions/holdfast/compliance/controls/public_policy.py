"""Neither policy nor ACL opens the bucket to the public."""

from holdfast.compliance.access import (
    ACCOUNT_BLOCK,
    ACL,
    BLOCK,
    OWNERSHIP,
    POLICY,
    acls_count,
    blocks,
    public_acl,
)
from holdfast.compliance.control import Control, Facts
from holdfast.compliance.policy import Statement, parse, public_grants


def check(facts: Facts) -> str | None:
    """Fail if anyone gets in that nobody named.

    Only RestrictPublicBuckets and IgnorePublicAcls take access away that was granted, at either level;
    BlockPublicPolicy and BlockPublicAcls refuse new grants and leave old ones in force.
    """
    ways = []
    text = facts[POLICY.fact].get("Policy")
    if text is not None and not _on(facts, "RestrictPublicBuckets"):
        ways = [_told(grant) for grant in public_grants(parse(text))]
    if acls_count(facts[OWNERSHIP.fact]) and not _on(facts, "IgnorePublicAcls"):
        ways += [said] if (said := public_acl(facts[ACL.fact])) else []
    return "; ".join(ways) or None


def _on(facts: Facts, setting: str) -> bool:
    return blocks(facts[BLOCK.fact], setting) or blocks(facts[ACCOUNT_BLOCK.fact], setting)


def _told(grant: Statement) -> str:
    what = f"all but {', '.join(grant.not_actions)}" if grant.not_actions else ", ".join(grant.actions)
    return f"policy statement {grant.name} lets anyone {what}"


CONTROL = Control(
    id="public_policy",
    title="nothing is open to the public",
    severity="critical",
    references=(
        "FSBP S3.2",
        "FSBP S3.3",
        "Config s3-bucket-public-read-prohibited",
        "Config s3-bucket-public-write-prohibited",
        "Prowler s3_bucket_public_access",
    ),
    events=(
        "PutBucketPolicy",
        "DeleteBucketPolicy",
        "PutBucketAcl",
        "PutBucketPublicAccessBlock",
        "DeleteBucketPublicAccessBlock",
        "PutPublicAccessBlock",
        "DeletePublicAccessBlock",
        "PutBucketOwnershipControls",
        "DeleteBucketOwnershipControls",
        "PutBucketWebsite",
    ),
    reads=(POLICY, BLOCK, ACCOUNT_BLOCK, OWNERSHIP, ACL),
    check=check,
)
