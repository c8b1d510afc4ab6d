"""A Multi-Region Access Point: one door to buckets of several Regions."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask
from holdfast.compliance.kind import Kind, Path
from holdfast.compliance.reads.s3_access_points import LIST_MRAPS, MULTI_REGION_ACCESS_POINT, names
from holdfast.compliance.template.s3 import multi_region_access_point

CALLS = ("CreateMultiRegionAccessPoint", "PutMultiRegionAccessPointPolicy", "DeleteMultiRegionAccessPoint")


def _place(call: str) -> Path:
    return ("requestParameters", f"{call}Request", "Details", "Name")


def listed(ask: Ask) -> Iterator[str]:
    """Name every Multi-Region Access Point of the account; one Region knows them all."""
    yield from names(ask, LIST_MRAPS, "AccessPoints")


KIND = Kind(
    id="s3_multi_region_access_point",
    resource_type="AWS::S3::MultiRegionAccessPoint",
    noun="Multi-Region Access Point",
    sources=("aws.s3",),
    events=(),
    named_by=_place(CALLS[0]),
    named_otherwise={call: _place(call) for call in CALLS},
    lists=(LIST_MRAPS,),
    listed=listed,
    described=MULTI_REGION_ACCESS_POINT,
    gone=lambda code, _: code == "NoSuchMultiRegionAccessPoint",
    declared=multi_region_access_point,
    is_global=True,
)
