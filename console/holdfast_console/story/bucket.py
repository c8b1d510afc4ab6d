"""An operator at work on one bucket: sound, opened to the world, closed again."""

import json
from typing import Any

LOGS = "ml-logs"
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def make_compliant(s3: Any, bucket: str) -> None:
    """Create a bucket that obeys every control."""
    region = {"LocationConstraint": s3.meta.region_name}
    for name in (LOGS, bucket):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=region, ObjectOwnership="BucketOwnerEnforced")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=CLOSED)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    expiry = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [expiry]})
    _policy(s3, LOGS, _tls_only(LOGS), _log_delivery(LOGS))
    s3.put_bucket_logging(
        Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": f"{bucket}/"}}
    )
    _policy(s3, bucket, _tls_only(bucket))


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


def _policy(s3: Any, bucket: str, *statements: dict[str, Any]) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
