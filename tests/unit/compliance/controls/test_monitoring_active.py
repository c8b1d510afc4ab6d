from typing import Any

import pytest

from holdfast.compliance.controls.monitoring_active import CONTROL
from holdfast.compliance.facts import Unread
from holdfast.compliance.reads.sagemaker import SCHEDULE
from holdfast.compliance.reads.sagemaker_region import LISTED_SCHEDULE
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"MonitoringScheduleStatus": "Scheduled"}, "pass"),
        ({"MonitoringScheduleStatus": "Pending"}, "fail"),
        ({"MonitoringScheduleStatus": "Stopped"}, "fail"),
        ({"MonitoringScheduleStatus": "Failed"}, "fail"),
        ({}, "not_applicable"),
    ],
)
def test_only_a_scheduled_schedule_watches(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {SCHEDULE: said})[0] == verdict


def test_what_may_not_be_described_is_judged_by_the_list() -> None:
    denied = Unread("could not be read: sagemaker:DescribeMonitoringSchedule is denied")
    listed = {SCHEDULE: denied, LISTED_SCHEDULE: {"MonitoringScheduleStatus": "Stopped"}}
    assert look(CONTROL, listed)[0] == "fail"
    assert look(CONTROL, {SCHEDULE: denied, LISTED_SCHEDULE: denied})[0] == "unknown"
