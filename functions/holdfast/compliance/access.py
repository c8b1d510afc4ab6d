"""Facts several controls read, and how they bear on who gets in."""

from holdfast.compliance.control import Fact, Read

POLICY = Read("get_bucket_policy", "s3:GetBucketPolicy", absent="NoSuchBucketPolicy")
BLOCK = Read("get_public_access_block", "s3:GetBucketPublicAccessBlock", absent="NoSuchPublicAccessBlockConfiguration")
ACCOUNT_BLOCK = Read(
    "get_public_access_block",
    "s3:GetAccountPublicAccessBlock",
    absent="NoSuchPublicAccessBlockConfiguration",
    level="account",
)
OWNERSHIP = Read(
    "get_bucket_ownership_controls", "s3:GetBucketOwnershipControls", absent="OwnershipControlsNotFoundError"
)
ACL = Read("get_bucket_acl", "s3:GetBucketAcl")

GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "every AWS account",
}


def blocks(fact: Fact, setting: str) -> bool:
    """Tell whether one of the four settings of a public access block is on."""
    return fact.get("PublicAccessBlockConfiguration", {}).get(setting) is True


def acls_count(ownership: Fact) -> bool:
    """Tell whether ACLs have any say: ownership `BucketOwnerEnforced` switches them off."""
    rules = ownership.get("OwnershipControls", {}).get("Rules", [])
    return not any(rule.get("ObjectOwnership") == "BucketOwnerEnforced" for rule in rules)


def public_acl(acl: Fact) -> str | None:
    """Say what an ACL grants to S3's two public groups, if anything."""
    granted = sorted(
        f"{GROUPS[uri]} {grant.get('Permission', 'something')}"
        for grant in acl.get("Grants", [])
        if (uri := grant.get("Grantee", {}).get("URI")) in GROUPS
    )
    return f"the ACL grants {', '.join(granted)}" if granted else None
