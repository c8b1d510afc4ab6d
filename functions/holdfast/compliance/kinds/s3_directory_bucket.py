"""A directory bucket, of S3 Express One Zone."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask, Call
from holdfast.compliance.kind import Kind
from holdfast.compliance.template.s3 import directory_bucket

LIST = Call("s3", "list_directory_buckets", "s3express:ListAllMyDirectoryBuckets")
SUFFIX = "--x-s3"


def listed(ask: Ask) -> Iterator[str]:
    """Name every directory bucket of the account in this Region; their names all end alike."""
    for page in ask.pages(LIST):
        yield from (bucket["Name"] for bucket in page.get("Buckets", []) if bucket["Name"].endswith(SUFFIX))


KIND = Kind(
    id="s3_directory_bucket",
    resource_type="AWS::S3Express::DirectoryBucket",
    noun="directory bucket",
    sources=("aws.s3express",),
    events=("CreateBucket", "DeleteBucket"),
    named_by=("requestParameters", "bucketName"),
    lists=(LIST,),
    listed=listed,
    gone=lambda code, _: code == "NoSuchBucket",
    declared=directory_bucket,
)
