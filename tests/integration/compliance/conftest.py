"""Buckets as AWS makes them since April 2023, which moto does not."""

import json
from typing import Any

import boto3
import pytest

ACCOUNT, REGION = "123456789012", "eu-west-1"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


class Bucket:
    """One bucket and the ways it is kept or spoilt."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.s3: Any = boto3.client("s3", REGION)

    def create(self) -> "Bucket":
        """Create it with AWS's defaults: block on, ACLs off, SSE-S3."""
        self.s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.block()
        self.s3.put_bucket_ownership_controls(
            Bucket=self.name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
        self.encrypt({"SSEAlgorithm": "AES256"})
        return self

    def block(self, **off: bool) -> None:
        """Set the public access block, all on but what is said."""
        self.s3.put_public_access_block(
            Bucket=self.name, PublicAccessBlockConfiguration={setting: off.get(setting, True) for setting in SETTINGS}
        )

    def encrypt(self, default: dict[str, str]) -> None:
        """Set the default encryption."""
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
        self.s3.put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration=rules)

    def policy(self, *statements: dict[str, Any]) -> None:
        """Put a policy of these statements and the denial of clear text."""
        arn = f"arn:aws:s3:::{self.name}"
        denial = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        document = {"Version": "2012-10-17", "Statement": [denial, *statements]}
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(document))

    def open(self) -> None:
        """Let everyone read it."""
        self.block(BlockPublicPolicy=False, RestrictPublicBuckets=False)
        objects = f"arn:aws:s3:::{self.name}/*"
        self.policy(
            {"Sid": "Share", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": objects}
        )

    def close(self) -> None:
        """Keep everyone out again."""
        self.block()
        self.policy()

    def obey(self) -> "Bucket":
        """Bring it in order for every control."""
        logs = f"{self.name}-logs"
        Bucket(logs).create()
        self.s3.put_bucket_policy(
            Bucket=logs,
            Policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "logging.s3.amazonaws.com"},
                            "Action": "s3:PutObject",
                            "Resource": f"arn:aws:s3:::{logs}/*",
                        }
                    ],
                }
            ),
        )
        self.s3.put_bucket_logging(
            Bucket=self.name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "a/"}}
        )
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_bucket_lifecycle_configuration(
            Bucket=self.name,
            LifecycleConfiguration={
                "Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 400}}]
            },
        )
        self.encrypt({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"})
        self.policy()
        return self


@pytest.fixture
def bucket(aws: None) -> Bucket:
    """Give a new bucket with AWS's defaults."""
    return Bucket("training-data").create()
