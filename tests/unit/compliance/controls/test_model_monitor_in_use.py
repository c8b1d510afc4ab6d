from typing import Any

import pytest

from holdfast.compliance.controls.model_monitor_in_use import CONTROL
from holdfast.compliance.reads.sagemaker_region import SCHEDULES
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"Statuses": ["Failed", "Scheduled"]}, "pass"),
        ({"Statuses": ["Pending"]}, "fail"),
        ({"Statuses": []}, "fail"),
    ],
)
def test_one_active_schedule_is_needed(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {SCHEDULES: said})[0] == verdict
