"""What S3 says of the doors to buckets: access points, and those of many Regions."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask, Call, Fact, GoneError, Read

MRAP_HOME = "us-west-2"
LIST_POINTS = Call("s3control", "list_access_points", "s3:ListAccessPoints")
LIST_MRAPS = Call(
    "s3control", "list_multi_region_access_points", "s3:ListMultiRegionAccessPoints", region=MRAP_HOME, is_shared=True
)  # fmt: skip
"""Tells all of each, so that nothing more need be asked of any."""
_POINT = Call("s3control", "get_access_point", "s3:GetAccessPoint")
ACCESS_POINT = Read(
    "access_point",
    (_POINT,),
    lambda ask: ask(_POINT, AccountId=ask.resource.account, Name=ask.resource.name),
)


def points(ask: Ask, call: Call, field: str) -> Iterator[Fact]:
    """Give what a call of S3 Control lists; boto3 has no paginators for these."""
    page: Fact = ask(call, AccountId=ask.resource.account)
    while True:
        yield from page.get(field, [])
        if not (token := page.get("NextToken")):
            return
        page = ask(call, AccountId=ask.resource.account, NextToken=token)


def names(ask: Ask, call: Call, field: str) -> Iterator[str]:
    """Name what a call of S3 Control lists."""
    yield from (point["Name"] for point in points(ask, call, field))


def _multi_region(ask: Ask) -> Fact:
    for point in points(ask, LIST_MRAPS, "AccessPoints"):
        if point["Name"] == ask.resource.name:
            return {"AccessPoint": point}
    raise GoneError(f"Multi-Region Access Point {ask.resource.name} is gone")


MULTI_REGION_ACCESS_POINT = Read("multi_region_access_point", (LIST_MRAPS,), _multi_region)
