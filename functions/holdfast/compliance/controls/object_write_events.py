"""Every write of an object is on record."""

from holdfast.compliance.checks.trails import EVENTS, unrecorded
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.trails import TRAILS


def check(facts: Facts) -> str | None:
    """Fail unless one multi-Region trail that is logging takes all writes of objects in all buckets."""
    return unrecorded(facts[TRAILS], "write", facts.resource.partition)


CONTROL = Control(
    id="object_write_events",
    kind="aws_account",
    title="every write of an object is recorded",
    severity="medium",
    rationale="CloudTrail leaves out calls on objects unless it is told to: who changes data is on no record.",
    advice="Let a multi-Region trail record write data events of all current and future S3 buckets.",
    references=(
        "FSBP S3.22",
        "Config cloudtrail-all-write-s3-data-event-check",
        "CIS 5.0 3.8",
        "CIS 3.0 3.8",
    ),
    events=EVENTS,
    reads=(TRAILS,),
    check=check,
    optional=True,
)
