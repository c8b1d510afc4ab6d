"""What S3 says of the doors to buckets: access points, and those of many Regions."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask, Call, Fact, Read

MRAP_HOME = "us-west-2"
LIST_POINTS = Call("s3control", "list_access_points", "s3:ListAccessPoints")
LIST_MRAPS = Call(
    "s3control", "list_multi_region_access_points", "s3:ListMultiRegionAccessPoints", region=MRAP_HOME
)  # fmt: skip
_POINT = Call("s3control", "get_access_point", "s3:GetAccessPoint")
_MRAP = Call("s3control", "get_multi_region_access_point", "s3:GetMultiRegionAccessPoint", region=MRAP_HOME)
ACCESS_POINT = Read(
    "access_point",
    (_POINT,),
    lambda ask: ask(_POINT, AccountId=ask.resource.account, Name=ask.resource.name),
)
MULTI_REGION_ACCESS_POINT = Read(
    "multi_region_access_point",
    (_MRAP,),
    lambda ask: ask(_MRAP, AccountId=ask.resource.account, Name=ask.resource.name),
)


def names(ask: Ask, call: Call, field: str) -> Iterator[str]:
    """Name what a call of S3 Control lists; boto3 has no paginators for these."""
    page: Fact = ask(call, AccountId=ask.resource.account)
    while True:
        yield from (point["Name"] for point in page.get(field, []))
        if not (token := page.get("NextToken")):
            return
        page = ask(call, AccountId=ask.resource.account, NextToken=token)
