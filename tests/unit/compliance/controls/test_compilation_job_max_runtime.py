from typing import Any

import pytest

from holdfast.compliance.controls.compilation_job_max_runtime import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import COMPILATION
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {COMPILATION: {"StoppingCondition": settings}}, **parameters)


A_DAY = 86_400


@pytest.mark.parametrize(("seconds", "verdict"), [(A_DAY, "pass"), (str(A_DAY), "pass"), (A_DAY + 1, "fail")])
def test_a_day_is_allowed_and_no_more(seconds: int | str, verdict: str) -> None:
    assert rule({"MaxRuntimeInSeconds": seconds})[0] == verdict


def test_what_is_allowed_can_be_told() -> None:
    assert rule({"MaxRuntimeInSeconds": 7200}, maxRuntimeHours=2)[0] == "pass"
    assert rule({"MaxRuntimeInSeconds": 7200}, maxRuntimeHours=1)[1].endswith("for 2 hours, expected at most 1")


def test_without_a_bound_it_breaks_it() -> None:
    assert rule({}) == ("fail", "it has no maximum runtime, expected at most 24 hours")
