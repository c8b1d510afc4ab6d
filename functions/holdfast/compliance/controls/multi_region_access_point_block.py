"""A Multi-Region Access Point refuses public access."""

from holdfast.compliance.access.blocks import off
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3_access_points import MULTI_REGION_ACCESS_POINT


def check(facts: Facts) -> str | None:
    """Fail unless all four settings are on."""
    block = facts[MULTI_REGION_ACCESS_POINT].get("AccessPoint", {}).get("PublicAccessBlock", {})
    open_to = off({"PublicAccessBlockConfiguration": block})
    return f"public access block: {', '.join(open_to)} off" if open_to else None


CONTROL = Control(
    id="multi_region_access_point_block",
    kind="s3_multi_region_access_point",
    title="the public access block is complete",
    severity="high",
    rationale="One such access point opens buckets in many Regions at once.",
    advice="Make the Multi-Region Access Point anew with all four settings on: they cannot be changed later.",
    references=(
        "FSBP S3.24",
        "Config s3-mrap-public-access-blocked",
        "Prowler s3_multi_region_access_point_public_access_block",
    ),
    events=("CreateMultiRegionAccessPoint",),
    reads=(MULTI_REGION_ACCESS_POINT,),
    check=check,
)
