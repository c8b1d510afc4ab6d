from typing import Any

import pytest

from holdfast.compliance.controls.training_job_max_runtime import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TRAINING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TRAINING: {"StoppingCondition": settings}}, **parameters)


A_DAY = 86_400


@pytest.mark.parametrize(("seconds", "verdict"), [(A_DAY, "pass"), (str(A_DAY), "pass"), (A_DAY + 1, "fail")])
def test_a_day_is_allowed_and_no_more(seconds: int | str, verdict: str) -> None:
    assert rule({"MaxRuntimeInSeconds": seconds})[0] == verdict


def test_what_is_allowed_can_be_told() -> None:
    assert rule({"MaxRuntimeInSeconds": 7200}, maxRuntimeHours=2)[0] == "pass"
    assert rule({"MaxRuntimeInSeconds": 7200}, maxRuntimeHours=1)[1].endswith("for 2 hours, expected at most 1")


def test_without_a_bound_of_its_own_aws_stops_it_after_a_day() -> None:
    assert rule({})[0] == "pass"
    assert rule({}, maxRuntimeHours=8)[1].endswith("24 hours (AWS's default), expected at most 8")
