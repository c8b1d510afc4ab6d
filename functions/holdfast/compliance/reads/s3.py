"""What S3 says of a bucket."""

from holdfast.compliance.facts import Call, Fact, Read, of_bucket

POLICY = of_bucket("bucket_policy", "get_bucket_policy", "s3:GetBucketPolicy", "NoSuchBucketPolicy")
BLOCK = of_bucket(
    "public_access_block",
    "get_public_access_block",
    "s3:GetBucketPublicAccessBlock",
    "NoSuchPublicAccessBlockConfiguration",
)
OWNERSHIP = of_bucket(
    "ownership_controls",
    "get_bucket_ownership_controls",
    "s3:GetBucketOwnershipControls",
    "OwnershipControlsNotFoundError",
)
ACL = of_bucket("bucket_acl", "get_bucket_acl", "s3:GetBucketAcl")
ENCRYPTION = of_bucket(
    "encryption",
    "get_bucket_encryption",
    "s3:GetEncryptionConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
)
LIFECYCLE = of_bucket(
    "lifecycle", "get_bucket_lifecycle_configuration", "s3:GetLifecycleConfiguration", "NoSuchLifecycleConfiguration"
)
LOGGING = of_bucket("logging", "get_bucket_logging", "s3:GetBucketLogging")
VERSIONING = of_bucket("versioning", "get_bucket_versioning", "s3:GetBucketVersioning")
TAGS = of_bucket("tags", "get_bucket_tagging", "s3:GetBucketTagging", "NoSuchTagSet")

_ACCOUNT_BLOCK = Call(
    "s3control",
    "get_public_access_block",
    "s3:GetAccountPublicAccessBlock",
    "account",
    ("NoSuchPublicAccessBlockConfiguration",),
)
ACCOUNT_BLOCK = Read(
    "account_public_access_block", (_ACCOUNT_BLOCK,), lambda ask: ask(_ACCOUNT_BLOCK, AccountId=ask.resource.account)
)

REPLICATION = of_bucket(
    "replication",
    "get_bucket_replication",
    "s3:GetReplicationConfiguration",
    "ReplicationConfigurationNotFoundError",
)
NOTIFICATION = of_bucket("notification", "get_bucket_notification_configuration", "s3:GetBucketNotification")
OBJECT_LOCK = of_bucket(
    "object_lock",
    "get_object_lock_configuration",
    "s3:GetBucketObjectLockConfiguration",
    "ObjectLockConfigurationNotFoundError",
)
LOCATION = of_bucket("location", "get_bucket_location", "s3:GetBucketLocation")
FIRST_REGION = "us-east-1"


def region_of(location: Fact) -> str:
    """Give the Region that S3 says a bucket is in; it never names its first, and one by an older name."""
    named = location.get("LocationConstraint") or FIRST_REGION
    return "eu-west-1" if named == "EU" else str(named)


_DIRECTORY_LIFECYCLE = Call(
    "s3",
    "get_bucket_lifecycle_configuration",
    "s3express:GetLifecycleConfiguration",
    "service",
    ("NoSuchLifecycleConfiguration",),
)
DIRECTORY_LIFECYCLE = Read(
    "directory_lifecycle",
    (_DIRECTORY_LIFECYCLE,),
    lambda ask: ask(_DIRECTORY_LIFECYCLE, Bucket=ask.resource.name, ExpectedBucketOwner=ask.resource.account),
)


def algorithm_of(encryption: Fact) -> str | None:
    """Give the algorithm that new objects are encrypted by."""
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    found = (rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules)
    return next((str(name) for name in found if name), None)
