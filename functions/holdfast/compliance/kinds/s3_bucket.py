"""A general-purpose S3 bucket."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask, Call
from holdfast.compliance.kind import Kind
from holdfast.compliance.reads.s3 import TAGS
from holdfast.compliance.template.s3 import bucket

LIST = Call("s3", "list_buckets", "s3:ListAllMyBuckets")
PAGE = {"PageSize": 10_000}

CHANGES = (
    "PutAccelerateConfiguration", "PutBucketAcl", "PutBucketCors", "DeleteBucketCors", "PutBucketEncryption",
    "DeleteBucketEncryption", "PutBucketLifecycle", "DeleteBucketLifecycle", "PutBucketLogging",
    "PutBucketNotification", "PutBucketObjectLockConfiguration", "PutBucketOwnershipControls",
    "DeleteBucketOwnershipControls", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock", "PutBucketReplication", "DeleteBucketReplication", "PutBucketRequestPayment",
    "PutBucketTagging", "DeleteBucketTagging", "PutBucketVersioning", "PutBucketWebsite", "DeleteBucketWebsite",
)  # fmt: skip
"""Every call that changes how a bucket is set up, as CloudTrail names it."""


def listed(ask: Ask) -> Iterator[str]:
    """Name every bucket of the account, in every Region; pages are as large as S3 makes them."""
    for page in ask.pages(LIST, PaginationConfig=PAGE):
        yield from (bucket["Name"] for bucket in page.get("Buckets", []))


KIND = Kind(
    id="s3_bucket",
    resource_type="AWS::S3::Bucket",
    noun="bucket",
    sources=("aws.s3",),
    events=("CreateBucket", "DeleteBucket", *CHANGES),
    named_by=("requestParameters", "bucketName"),
    lists=(LIST,),
    listed=listed,
    gone=lambda code, _: code == "NoSuchBucket",
    declared=bucket,
    tags=TAGS,
    is_global=True,
)
