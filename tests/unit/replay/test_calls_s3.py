"""What S3 calls need, from the S3 user guide, "Required permissions for Amazon S3 API operations"."""

from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.call import Need
from holdfast_console.replay.calls import needs

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1111"
OTHER_KEY = "arn:aws:kms:eu-west-1:123456789012:key/2222"
DATA = "arn:aws:s3:::ml-data/batches/a b.parquet"
COPY = "arn:aws:s3:::quarantine/batches/a b.parquet"
AT = {"Bucket": "ml-data", "Key": "batches/a b.parquet"}
TO = {"Bucket": "quarantine", "Key": "batches/a b.parquet"}


class Encrypted:
    """Two buckets: the data under one key, the quarantine under another."""

    def encryption(self, arn: str) -> str | None:
        return {"arn:aws:s3:::ml-data": KEY, "arn:aws:s3:::quarantine": OTHER_KEY}.get(arn)

    def partition_key(self, _: str) -> str | None:
        return None

    def key_arn(self, key: str) -> str:
        return key


def needed(operation: str, **params: Any) -> list[Need]:
    return needs("s3", operation, params, region="eu-west-1", account="123456789012", around=Encrypted())


def pairs(operation: str, **params: Any) -> list[tuple[str, str]]:
    return [(need.action, need.resource) for need in needed(operation, **params)]


def test_a_version_is_read_by_a_permission_of_its_own() -> None:
    assert pairs("GetObject", **AT) == [("s3:GetObject", DATA), ("kms:Decrypt", KEY)]
    assert pairs("GetObject", **AT, VersionId="v1") == [("s3:GetObjectVersion", DATA), ("kms:Decrypt", KEY)]
    assert needed("GetObject", **AT, VersionId="v1")[0].context == {"s3:VersionId": "v1"}
    assert pairs("GetObjectTagging", **AT, VersionId="v1") == [("s3:GetObjectVersionTagging", DATA)]
    assert pairs("PutObjectTagging", **AT, VersionId="v1", Tagging={"TagSet": []}) == [
        ("s3:PutObjectVersionTagging", DATA)
    ]


def test_looking_at_an_object_needs_its_key_only_for_the_checksum() -> None:
    assert pairs("HeadObject", **AT) == [("s3:GetObject", DATA)]
    assert ("kms:Decrypt", KEY) in pairs("HeadObject", **AT, ChecksumMode="ENABLED")


def test_writing_needs_the_key_of_the_bucket_or_the_one_it_names() -> None:
    assert pairs("PutObject", **AT) == [("s3:PutObject", DATA), ("kms:GenerateDataKey", KEY)]
    named = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": OTHER_KEY}
    assert pairs("PutObject", **AT, **named) == [("s3:PutObject", DATA), ("kms:GenerateDataKey", OTHER_KEY)]
    assert pairs("PutObject", **AT, ServerSideEncryption="AES256") == [("s3:PutObject", DATA)]
    assert pairs("PutObject", Bucket="plain", Key="x") == [("s3:PutObject", "arn:aws:s3:::plain/x")]


@pytest.mark.parametrize(
    ("params", "action"),
    [
        ({"Tagging": "team=ml"}, "s3:PutObjectTagging"),
        ({"ACL": "private"}, "s3:PutObjectAcl"),
        ({"ObjectLockMode": "COMPLIANCE"}, "s3:PutObjectRetention"),
        ({"ObjectLockLegalHoldStatus": "ON"}, "s3:PutObjectLegalHold"),
        ({"IfMatch": '"etag"'}, "s3:GetObject"),
    ],
)
def test_what_is_written_along_needs_its_own_permission(params: dict[str, str], action: str) -> None:
    assert (action, DATA) in pairs("PutObject", **AT, **params)


def test_conditions_can_see_what_is_written() -> None:
    write, tags, _ = needed("PutObject", **AT, Tagging="team=ml&batch=7", IfNoneMatch="*")
    assert write.context == {"s3:if-none-match": "*"}
    assert tags.context["s3:RequestObjectTagKeys"] == ("team", "batch")
    assert tags.context["s3:RequestObjectTag/team"] == "ml"


@pytest.mark.parametrize(
    "source",
    [
        {"Bucket": "ml-data", "Key": "batches/a b.parquet", "VersionId": "v1"},
        "ml-data/batches/a%20b.parquet?versionId=v1",
        "/ml-data/batches/a%20b.parquet?versionId=v1",
    ],
)
def test_a_copy_reads_there_and_writes_here(source: Any) -> None:
    assert pairs("CopyObject", **TO, CopySource=source, TaggingDirective="REPLACE", Tagging="a=b") == [
        ("s3:GetObjectVersion", DATA),
        ("kms:Decrypt", KEY),
        ("s3:PutObject", COPY),
        ("s3:PutObjectTagging", COPY),
        ("kms:GenerateDataKey", OTHER_KEY),
    ]
    assert pairs("UploadPartCopy", **TO, CopySource=source) == [
        ("s3:GetObjectVersion", DATA),
        ("kms:Decrypt", KEY),
        ("s3:PutObject", COPY),
        ("kms:GenerateDataKey", OTHER_KEY),
        ("kms:Decrypt", OTHER_KEY),
    ]


def test_a_copy_takes_the_tags_along_unless_it_replaces_them() -> None:
    copied = pairs("CopyObject", **TO, CopySource=AT | {"VersionId": "v1"})
    assert ("s3:GetObjectVersionTagging", DATA) in copied
    assert ("s3:PutObjectTagging", COPY) in copied


def test_an_upload_in_parts_reads_back_what_it_wrote() -> None:
    both = [("kms:GenerateDataKey", KEY), ("kms:Decrypt", KEY)]
    assert pairs("CreateMultipartUpload", **AT) == [("s3:PutObject", DATA), *both]
    assert pairs("UploadPart", **AT) == [("s3:PutObject", DATA), *both]
    assert pairs("CompleteMultipartUpload", **AT) == [("s3:PutObject", DATA), both[1]]
    assert pairs("AbortMultipartUpload", **AT) == [("s3:AbortMultipartUpload", DATA)]


def test_a_listing_tells_its_prefix() -> None:
    listing = needed("ListObjectVersions", Bucket="ml-data", Prefix="batches/", MaxKeys=10)
    assert listing == [
        Need("s3:ListBucketVersions", "arn:aws:s3:::ml-data", {"s3:prefix": "batches/", "s3:max-keys": "10"})
    ]


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
        ("GetBucketReplication", "s3:GetReplicationConfiguration"),
        ("GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
        ("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
        ("HeadBucket", "s3:ListBucket"),
    ],
)
def test_reads_whose_permission_has_another_name(operation: str, action: str) -> None:
    assert pairs(operation, Bucket="ml-data") == [(action, "arn:aws:s3:::ml-data")]


def test_tags_must_be_a_set() -> None:
    with pytest.raises(ConfigurationError, match="Tagging must hold a TagSet"):
        needed("PutObjectTagging", **AT, Tagging="a=b")
