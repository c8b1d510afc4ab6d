from typing import Any

import pytest

from holdfast.compliance.controls.tuning_job_spot_wait import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TUNING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TUNING: {"TrainingJobDefinition": settings}}, **parameters)


def waiting(hours: int) -> dict[str, Any]:
    return {"EnableManagedSpotTraining": True, "StoppingCondition": {"MaxWaitTimeInSeconds": hours * 3600}}


@pytest.mark.parametrize(("hours", "verdict"), [(1, "pass"), (48, "pass"), (49, "fail")])
def test_two_days_of_waiting_and_running_are_allowed(hours: int, verdict: str) -> None:
    assert rule(waiting(hours))[0] == verdict


def test_what_is_allowed_can_be_told() -> None:
    assert rule(waiting(2), maxWaitHours=1)[0] == "fail"


def test_spot_training_without_a_bound_breaks_it() -> None:
    assert rule({"EnableManagedSpotTraining": True})[0] == "fail"


def test_training_on_demand_does_not_wait() -> None:
    assert rule({})[0] == "not_applicable"
