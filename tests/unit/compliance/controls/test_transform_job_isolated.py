from typing import Any

import pytest

from holdfast.compliance.controls.transform_job_isolated import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TRANSFORM_MODEL
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TRANSFORM_MODEL: settings}, **parameters)


@pytest.mark.parametrize(("setting", "verdict"), [(True, "pass"), (False, "fail"), ("true", "pass"), ("false", "fail")])
def test_only_a_model_that_cannot_call_out_complies(setting: bool | str, verdict: str) -> None:
    assert rule({"EnableNetworkIsolation": setting})[0] == verdict


def test_isolation_is_off_unless_asked_for() -> None:
    assert rule({}) == ("fail", "network isolation is off")
