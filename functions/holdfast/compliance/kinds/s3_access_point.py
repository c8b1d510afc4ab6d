"""An access point: a door to one bucket, with a policy and a public access block of its own."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask
from holdfast.compliance.kind import Kind
from holdfast.compliance.reads.s3_access_points import ACCESS_POINT, LIST_POINTS, names
from holdfast.compliance.template.s3 import access_point


def listed(ask: Ask) -> Iterator[str]:
    """Name every access point of the account in this Region."""
    yield from names(ask, LIST_POINTS, "AccessPointList")


KIND = Kind(
    id="s3_access_point",
    resource_type="AWS::S3::AccessPoint",
    noun="access point",
    sources=("aws.s3",),
    events=("CreateAccessPoint", "DeleteAccessPoint", "PutAccessPointPolicy", "DeleteAccessPointPolicy"),
    named_by=("requestParameters", "name"),
    lists=(LIST_POINTS,),
    listed=listed,
    described=ACCESS_POINT,
    gone=lambda code, _: code == "NoSuchAccessPoint",
    declared=access_point,
)
