"""Every read of an object is on record."""

from holdfast.compliance.checks.trails import EVENTS, unrecorded
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.trails import TRAILS


def check(facts: Facts) -> str | None:
    """Fail unless one multi-Region trail that is logging takes all reads of objects in all buckets."""
    return unrecorded(facts[TRAILS], "read", facts.resource.partition)


CONTROL = Control(
    id="object_read_events",
    kind="aws_account",
    title="every read of an object is recorded",
    severity="medium",
    rationale="CloudTrail leaves out calls on objects unless it is told to: who reads data is then nowhere on record.",
    advice="Let a multi-Region trail record read data events of all current and future S3 buckets.",
    references=(
        "FSBP S3.23",
        "Config cloudtrail-all-read-s3-data-event-check",
        "CIS 5.0 3.9",
        "CIS 3.0 3.9",
    ),
    events=EVENTS,
    reads=(TRAILS,),
    check=check,
    optional=True,
)
