"""The facts of a bucket that nobody gets into but its account, and how each may be changed."""

import json
from typing import Any

from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY

OWNER = {"ID": "a" * 64}
GROUP = "http://acs.amazonaws.com/groups/global/"
OPEN = {
    "Sid": "Share",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::training-data/*",
}
WRITABLE = {**OPEN, "Sid": "Drop", "Action": "s3:PutObject"}
ENFORCED = {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
UNREAD = Unread("not allowed to read it")


def policy(*statements: dict[str, Any]) -> Fact:
    """Give what S3 answers for a policy of these statements."""
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def granted(*permissions: str, group: str = "AllUsers") -> Fact:
    """Give what S3 answers for an ACL that grants these to a public group, besides what the owner has."""
    own = {"Grantee": {"Type": "CanonicalUser", **OWNER}, "Permission": "FULL_CONTROL"}
    public = {"Type": "Group", "URI": f"{GROUP}{group}"}
    return {"Owner": OWNER, "Grants": [own, *({"Grantee": public, "Permission": one} for one in permissions)]}


def block(*settings: str) -> Fact:
    """Give what S3 answers for a block with these settings on."""
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {"PublicAccessBlockConfiguration": {name: name in settings for name in names}}


def closed(changed: dict[Read, Fact | Unread] | None = None) -> dict[Read, Fact | Unread]:
    """Give a bucket without policy, block and public grants, whose ACLs are off, but for what is said."""
    facts: dict[Read, Fact | Unread] = {
        POLICY: {}, BLOCK: {}, ACCOUNT_BLOCK: {}, OWNERSHIP: ENFORCED, ACL: granted(),
    }  # fmt: skip
    return facts | (changed or {})
