from typing import Any

import pytest

from holdfast.compliance.controls.clarify_in_use import CONTROL
from holdfast.compliance.reads.sagemaker_region import CLARIFY_JOB
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"Job": "bias", "Looked": 3, "IsAll": False}, "pass"),
        ({"Looked": 3, "IsAll": True}, "fail"),
        ({"Looked": 500, "IsAll": False}, "unknown"),
    ],
)
def test_one_job_is_enough_and_some_jobs_unread_settle_nothing(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {CLARIFY_JOB: said})[0] == verdict
