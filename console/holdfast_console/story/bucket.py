"""An operator at work on one bucket: sound, opened to the world, closed again."""

import json
from typing import Any

LOGS = "ml-logs"
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def make_logs(s3: Any) -> None:
    """Create the bucket that takes the access logs of the others, and logs nothing itself."""
    _create(s3, LOGS)
    s3.put_public_access_block(Bucket=LOGS, PublicAccessBlockConfiguration=CLOSED)
    s3.put_bucket_versioning(Bucket=LOGS, VersioningConfiguration={"Status": "Enabled"})
    _expire(s3, LOGS)
    _policy(s3, LOGS, _tls_only(LOGS), _log_delivery(LOGS))


def make_compliant(s3: Any, bucket: str) -> None:
    """Create a bucket that obeys every control."""
    _create(s3, bucket)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    make_sound(s3, bucket)


def make_sound(s3: Any, bucket: str) -> None:
    """Put a bucket that exists in order."""
    make_private(s3, bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    _expire(s3, bucket)
    target = {"TargetBucket": LOGS, "TargetPrefix": f"{bucket}/"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": target})


def make_public(s3: Any, bucket: str) -> None:
    """Let the whole world read it."""
    s3.delete_public_access_block(Bucket=bucket)
    world = {
        "Sid": "World",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    _policy(s3, bucket, _tls_only(bucket), world)


def make_private(s3: Any, bucket: str) -> None:
    """Take that back."""
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=CLOSED)
    _policy(s3, bucket, _tls_only(bucket))


def lose_tls(s3: Any, bucket: str) -> None:
    """Put a policy there that lets the team read, and forgets to forbid clear text."""
    _policy(s3, bucket, _team(bucket))


def _create(s3: Any, bucket: str) -> None:
    region = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=region, ObjectOwnership="BucketOwnerEnforced")


def _expire(s3: Any, bucket: str) -> None:
    expiry = {
        "ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
    }  # fmt: skip
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [expiry]})


def _tls_only(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip


def _log_delivery(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "LogDelivery", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*",
    }  # fmt: skip


def _team(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "TeamReads", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/features"},
        "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*",
    }  # fmt: skip


def _policy(s3: Any, bucket: str, *statements: dict[str, Any]) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
