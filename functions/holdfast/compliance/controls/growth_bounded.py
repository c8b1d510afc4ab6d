"""A bucket that grows has a rule by which objects leave."""

from datetime import timedelta
from typing import Any

from pydantic import Field

from holdfast.compliance.checks.costs import costly
from holdfast.compliance.checks.metrics import samples, unreadable
from holdfast.compliance.control import Control, NotApplicable, Ruling, Undecided
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.prices.table import STANDARD_GB_MONTH
from holdfast.compliance.reads.cost import BUCKET_SIZE, MOST_DAYS
from holdfast.compliance.reads.s3 import LIFECYCLE

GB = 2**30


class Growth(Parameters):
    """`growthGb` is how much a bucket may grow in `windowDays` without such a rule."""

    growth_gb: float = Field(default=10, gt=0)
    window_days: int = Field(default=30, ge=2, le=MOST_DAYS)


def check(facts: Facts) -> Ruling:
    """Fail if it grew by more than allowed; S3 measures buckets and not prefixes, so that any such rule counts."""
    if any(_removes(rule) for rule in facts[LIFECYCLE].get("Rules", [])):
        return None
    if why := unreadable(facts[BUCKET_SIZE]):
        return Undecided(why)
    told = facts.given(Growth)
    since = facts.now - timedelta(days=told.window_days)
    sizes = [size for _, size in sorted(samples(facts[BUCKET_SIZE], since=since))]
    if len(sizes) < 2:
        return NotApplicable("its growth was not measured here: it is empty, new, or in another Region")
    if sizes[-1] - sizes[0] <= told.growth_gb * GB:
        return None
    price = STANDARD_GB_MONTH.get(facts.resource.region)
    why = f"grew by more than {told.growth_gb:g} GB in {told.window_days} days, and no rule expires or moves objects"
    return costly(why, None if price is None else sizes[-1] / GB * price, of="storage in this Region", digits=1)


def _removes(rule: dict[str, Any]) -> bool:
    """Tell whether a rule bounds what is stored: old versions and lost parts are not what grows."""
    expiration = rule.get("Expiration") or {}
    ends = "Days" in expiration or "Date" in expiration or bool(rule.get("Transitions"))
    return rule.get("Status") == "Enabled" and ends


CONTROL = Control(
    id="growth_bounded",
    kind="s3_bucket",
    title="the bucket does not grow without a rule by which objects leave",
    severity="low",
    rationale="What only grows costs more every month, and nobody decides it.",
    advice="Add a lifecycle rule that expires objects, or moves them to a cheaper class, for the prefixes that grow.",
    references=(),
    events=(
        "PutBucketLifecycle",
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "DeleteBucketLifecycleConfiguration",
    ),
    reads=(LIFECYCLE, BUCKET_SIZE),
    check=check,
    parameters=Growth,
    optional=True,
)
