"""A monitoring schedule does run."""

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Fact, Facts, UnknownFactError
from holdfast.compliance.reads.sagemaker import SCHEDULE
from holdfast.compliance.reads.sagemaker_region import LISTED_SCHEDULE


def check(facts: Facts) -> Ruling:
    """Fail unless the schedule is scheduled: pending, stopped and failed ones watch nothing."""
    status = _told(facts).get("MonitoringScheduleStatus")
    if status is None:
        return NotApplicable("it does not run yet")
    return None if status == "Scheduled" else f"its status is {status}, expected Scheduled"


def _told(facts: Facts) -> Fact:
    """Give what is told of the schedule: the list says its status too, if it may not be described."""
    try:
        return facts[SCHEDULE]
    except UnknownFactError:
        return facts[LISTED_SCHEDULE]


CONTROL = Control(
    id="monitoring_active",
    kind="sagemaker_monitoring_schedule",
    title="the schedule is active",
    severity="medium",
    rationale="A schedule that does not run gives the feeling of being watched, and nothing else.",
    advice="See FailureReason, mend it, and start the monitoring schedule.",
    references=("Prowler sagemaker_models_monitor_enabled",),
    events=(),
    reads=(SCHEDULE, LISTED_SCHEDULE),
    check=check,
    optional=True,
)
