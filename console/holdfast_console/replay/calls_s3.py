"""What calls to S3 need. Source: S3 user guide, "Required permissions for Amazon S3 API operations"."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from holdfast_console.replay.call import Call, Context, Need, Needs, Table

DIRECTORY = "--x-s3"


def _bucket_arn(name: str) -> str:
    return f"arn:aws:s3:::{name}"


def _on_bucket(action: str) -> Callable[[Call], Needs]:
    return lambda call: [Need(f"s3:{action}", _bucket_arn(call.text("Bucket")))]


def _on_lifecycle(call: Call) -> Needs:
    """A directory bucket, known by the end of its name, is a resource of a service of its own."""
    if call.text("Bucket").endswith(DIRECTORY):
        where = call.arn(f"bucket/{call.text('Bucket')}", service="s3express")
        return [Need("s3express:GetLifecycleConfiguration", where)]
    return [Need("s3:GetLifecycleConfiguration", _bucket_arn(call.text("Bucket")))]


def _on_account(action: str) -> Callable[[Call], Needs]:
    return lambda _: [Need(f"s3:{action}", "*")]


def _listing(action: str) -> Callable[[Call], Needs]:
    keys = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys"}

    def needs(call: Call) -> Needs:
        context = {key: str(call.params[name]) for name, key in keys.items() if name in call.params}
        return [Need(f"s3:{action}", _bucket_arn(call.text("Bucket")), context)]

    return needs


def _object(call: Call) -> str:
    return f"{_bucket_arn(call.text('Bucket'))}/{call.text('Key')}"


def _versioned(action: str, version: object) -> str:
    """The action on an object, or its counterpart on one version of it."""
    return f"s3:{action.replace('Object', 'ObjectVersion')}" if version else f"s3:{action}"


def _on_object(action: str) -> Callable[[Call], Needs]:
    def needs(call: Call) -> Needs:
        version = call.params.get("VersionId")
        return [Need(_versioned(action, version), _object(call), _version(version))]

    return needs


def _version(version: object) -> Context:
    return {"s3:VersionId": str(version)} if version else {}


def _read(call: Call) -> Needs:
    yield from _on_object("GetObject")(call)
    if call.operation == "GetObject":
        yield from _key(call, call.text("Bucket"), "Decrypt")
    elif call.params.get("ChecksumMode") == "ENABLED":
        yield from _key(call, call.text("Bucket"), "Decrypt", "GenerateDataKey")


def _key(call: Call, bucket: str, *actions: str) -> Iterator[Need]:
    return call.key_use(call.around.encryption(_bucket_arn(bucket)), *actions, through="s3")


def _key_of_write(call: Call, *actions: str) -> Iterator[Need]:
    """The key the request names, or else the bucket's."""
    if call.params.get("ServerSideEncryption") == "AES256":
        return iter(())
    named = call.params.get("SSEKMSKeyId")
    key = str(named) if named else call.around.encryption(_bucket_arn(call.text("Bucket")))
    return call.key_use(key, *actions, through="s3")


WRITE_KEYS = {
    "ACL": "s3:x-amz-acl",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "StorageClass": "s3:x-amz-storage-class",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
}
WRITE_EXTRAS = {
    "ACL": "PutObjectAcl",
    "ObjectLockMode": "PutObjectRetention",
    "ObjectLockLegalHoldStatus": "PutObjectLegalHold",
    "IfMatch": "GetObject",
}


def _write(call: Call) -> Needs:
    context = {key: str(call.params[name]) for name, key in WRITE_KEYS.items() if call.params.get(name)}
    yield Need("s3:PutObject", _object(call), context)
    yield from (Need(f"s3:{action}", _object(call)) for name, action in WRITE_EXTRAS.items() if call.params.get(name))
    if call.params.get("Tagging"):
        yield Need("s3:PutObjectTagging", _object(call), _requested_tags(dict(parse_qsl(call.text("Tagging")))))


def _requested_tags(tags: Mapping[str, str]) -> Context:
    return {"s3:RequestObjectTagKeys": tuple(tags)} | {f"s3:RequestObjectTag/{name}": tags[name] for name in tags}


def _put(call: Call) -> Needs:
    yield from _write(call)
    yield from _key_of_write(call, "GenerateDataKey")


def _create_upload(call: Call) -> Needs:
    yield from _write(call)
    yield from _key_of_write(call, "GenerateDataKey", "Decrypt")


def _put_part(call: Call) -> Needs:
    yield Need("s3:PutObject", _object(call))
    yield from _key_of_write(call, "GenerateDataKey", "Decrypt")


def _complete_upload(call: Call) -> Needs:
    yield Need("s3:PutObject", _object(call))
    yield from _key_of_write(call, "Decrypt")


def _put_tagging(call: Call) -> Needs:
    tagging = call.params.get("Tagging")
    listed = tagging.get("TagSet") if isinstance(tagging, Mapping) else None
    if not isinstance(listed, list | tuple):
        raise call.malformed("Tagging must hold a TagSet", tagging)
    context = _requested_tags({str(tag["Key"]): str(tag["Value"]) for tag in listed})
    version = call.params.get("VersionId")
    yield Need(_versioned("PutObjectTagging", version), _object(call), {**context, **_version(version)})


def _source(call: Call) -> tuple[str, str, str]:
    """Bucket, key and version of the object that is copied, given as text or as boto3's dictionary."""
    source = call.params.get("CopySource")
    if isinstance(source, Mapping):
        return str(source["Bucket"]), str(source["Key"]), str(source.get("VersionId") or "")
    path, _, query = call.text("CopySource").removeprefix("/").partition("?versionId=")
    bucket, _, key = unquote(path).partition("/")
    return bucket, key, query


def _read_source(call: Call) -> Needs:
    bucket, key, version = _source(call)
    yield Need(_versioned("GetObject", version), f"{_bucket_arn(bucket)}/{key}", _version(version))
    yield from _key(call, bucket, "Decrypt")


def _copy(call: Call) -> Needs:
    """Tags go with the object unless they are replaced, so a copy may read and write them."""
    yield from _read_source(call)
    if call.params.get("TaggingDirective", "COPY") == "COPY":
        bucket, key, version = _source(call)
        yield Need(_versioned("GetObjectTagging", version), f"{_bucket_arn(bucket)}/{key}", _version(version))
        yield Need("s3:PutObjectTagging", _object(call))
    yield from _put(call)


def _copy_part(call: Call) -> Needs:
    yield from _read_source(call)
    yield from _put_part(call)


CONFIGURATION_READS = {
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "GetBucketPolicy": "GetBucketPolicy",
    "GetBucketPolicyStatus": "GetBucketPolicyStatus",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketVersioning": "GetBucketVersioning",
    "GetBucketLogging": "GetBucketLogging",
    "GetBucketOwnershipControls": "GetBucketOwnershipControls",
    "GetBucketAcl": "GetBucketAcl",
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketTagging": "GetBucketTagging",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketRequestPayment": "GetBucketRequestPayment",
    "GetBucketWebsite": "GetBucketWebsite",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "HeadBucket": "ListBucket",
}
CONFIGURATION_WRITES = {
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "PutBucketPolicy": "PutBucketPolicy",
    "DeleteBucketPolicy": "DeleteBucketPolicy",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketVersioning": "PutBucketVersioning",
    "PutBucketLogging": "PutBucketLogging",
    "PutBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "PutBucketAcl": "PutBucketAcl",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketTagging": "PutBucketTagging",
    "DeleteBucketTagging": "PutBucketTagging",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}

S3: Table = {
    **{operation: _on_bucket(action) for operation, action in CONFIGURATION_WRITES.items()},
    **{operation: _on_bucket(action) for operation, action in CONFIGURATION_READS.items()},
    "GetBucketLifecycleConfiguration": _on_lifecycle,
    "ListBuckets": _on_account("ListAllMyBuckets"),
    "ListDirectoryBuckets": lambda _: [Need("s3express:ListAllMyDirectoryBuckets", "*")],
    "ListObjectsV2": _listing("ListBucket"),
    "ListObjectVersions": _listing("ListBucketVersions"),
    "GetObject": _read,
    "HeadObject": _read,
    "GetObjectTagging": _on_object("GetObjectTagging"),
    "DeleteObjectTagging": _on_object("DeleteObjectTagging"),
    "GetObjectAcl": _on_object("GetObjectAcl"),
    "PutObjectTagging": _put_tagging,
    "PutObject": _put,
    "CopyObject": _copy,
    "CreateMultipartUpload": _create_upload,
    "UploadPart": _put_part,
    "UploadPartCopy": _copy_part,
    "CompleteMultipartUpload": _complete_upload,
    "AbortMultipartUpload": _on_object("AbortMultipartUpload"),
    "ListParts": _on_object("ListMultipartUploadParts"),
    "ListMultipartUploads": _on_bucket("ListBucketMultipartUploads"),
}

S3_CONTROL: Table = {"GetPublicAccessBlock": _on_account("GetAccountPublicAccessBlock")}
