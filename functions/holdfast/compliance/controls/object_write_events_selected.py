"""Some trail is to record writes of objects."""

from holdfast.compliance.checks.trails import EVENTS, is_selected_by_any
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.trails import TRAILS


def check(facts: Facts) -> str | None:
    """Fail unless any trail selects such events, of one Region or switched off: `object_write_events` asks more."""
    selected = is_selected_by_any(facts[TRAILS], "write", facts.resource.partition)
    return None if selected else "no trail selects data events of S3 objects"


CONTROL = Control(
    id="object_write_events_selected",
    kind="aws_account",
    title="a trail selects writes of objects",
    severity="low",
    rationale="CloudTrail leaves out calls on objects unless a trail is told to take them.",
    advice="Let a multi-Region trail record write data events of all current and future S3 buckets.",
    references=("Prowler cloudtrail_s3_dataevents_write_enabled",),
    events=EVENTS,
    reads=(TRAILS,),
    check=check,
    optional=True,
)
