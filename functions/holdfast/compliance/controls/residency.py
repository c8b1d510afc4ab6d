"""Data stays in the Regions where it may be."""

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import LOCATION, region_of


class Regions(Parameters):
    """The Regions where buckets may be."""

    allowed_regions: Listed = ()


def check(facts: Facts) -> Ruling:
    """Fail if the bucket is in a Region that is not among those allowed."""
    allowed = facts.given(Regions).allowed_regions
    if not allowed:
        return NotApplicable("no Regions are given in allowedRegions")
    region = region_of(facts[LOCATION])
    return None if region in allowed else f"the bucket is in {region}, expected {' or '.join(allowed)}"


CONTROL = Control(
    id="residency",
    kind="s3_bucket",
    title="the bucket is in a Region where it may be",
    severity="high",
    rationale="Law or contract may bind data to a country; a bucket never moves, so it must begin in the right one.",
    advice="Copy the objects to a bucket in an allowed Region and remove this one; deny other Regions by policy.",
    references=("NIST 800-53 SA-9(5)",),
    events=(),
    reads=(LOCATION,),
    check=check,
    parameters=Regions,
    optional=True,
)
