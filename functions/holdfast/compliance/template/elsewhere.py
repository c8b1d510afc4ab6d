"""Buckets that a template does not have, but of which it has the policy."""

from dataclasses import replace

from holdfast.compliance.partial import Unresolved
from holdfast.compliance.template.declared import Item, Template

BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
BLOCK = "PublicAccessBlockConfiguration"
SETTINGS = (
    BLOCK, "OwnershipControls", "AccessControl", "LifecycleConfiguration", "Tags", "BucketEncryption",
    "LoggingConfiguration", "NotificationConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration",
    "ReplicationConfiguration", "VersioningConfiguration",
)  # fmt: skip
UNSEEN = dict.fromkeys(SETTINGS, Unresolved("the bucket is not in this template, so nothing else is known of it"))
UNBLOCKED = {BLOCK: UNSEEN[BLOCK]}
"""A bucket as AWS makes it, of which only the public access block is not known."""


def bucket_elsewhere(template: Template, item: Item) -> Item | None:
    """Give the bucket that a policy is for if the template does not have it; `None` for anything else."""
    if item.type != BUCKET_POLICY:
        return None
    bucket, here = item.properties.get("Bucket"), {one.name for one in template.items if one.type == BUCKET}
    if bucket in here if isinstance(bucket, str) else here:
        return None
    name = bucket if isinstance(bucket, str) else item.logical_id
    return replace(item, type=BUCKET, name=name, properties=dict(UNSEEN))
