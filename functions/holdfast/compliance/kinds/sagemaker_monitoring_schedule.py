"""A schedule by which an endpoint is monitored."""

from typing import Any

from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.kind import Declared, below_type
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.sagemaker import SCHEDULE, SCHEDULE_TAGS
from holdfast.compliance.reads.sagemaker_linked import SCHEDULED_DEFINITION
from holdfast.compliance.sagemaker import standing


def declares(schedule: Declared) -> dict[Read, Fact | Unread]:
    """Give the job definition that the schedule holds, or the one of the template that it names."""
    config = schedule.properties.get("MonitoringScheduleConfig", {})
    held = config if isinstance(config, Unresolved) else config.get("MonitoringJobDefinition")
    wanted = None if isinstance(config, Unresolved) else config.get("MonitoringJobDefinitionName")
    return {SCHEDULED_DEFINITION: _named(schedule, wanted) if wanted and not held else _held(held)}


def _held(definition: Any) -> Fact | Unread:
    return Unread(definition.reason) if isinstance(definition, Unresolved) else definition or {}


def _named(schedule: Declared, wanted: Any) -> Fact | Unread:
    if isinstance(wanted, Unresolved):
        return Unread(wanted.reason)
    for logical, (type_name, said) in schedule.others.items():
        names = (logical, f"{logical}.JobDefinitionName", said.get("JobDefinitionName"))
        if type_name.endswith("JobDefinition") and below_type(wanted) in names:
            return {"NetworkConfig": said.get("NetworkConfig")}
    return Unread(f"the template does not declare the job definition {wanted}, that it names")


KIND = standing(
    "sagemaker_monitoring_schedule",
    noun="monitoring schedule",
    api="MonitoringSchedule",
    described=SCHEDULE,
    tags=SCHEDULE_TAGS,
    type_in_arn="monitoring-schedule",
    verbs=("Create", "Update", "Start", "Stop", "Delete"),
    items="MonitoringScheduleSummaries",
    declares=declares,
)
