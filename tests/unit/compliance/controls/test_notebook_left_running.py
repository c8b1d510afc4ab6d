from datetime import timedelta
from typing import Any

import pytest

from holdfast.compliance.controls.notebook_left_running import CONTROL
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from tests.unit.compliance.look import NOON, look


def rule(hours: float, *, status: str = "InService", name: str = "ml.t3.medium", **parameters: Any) -> tuple[str, str]:
    changed = NOON - timedelta(hours=hours)
    notebook = {"NotebookInstanceStatus": status, "LastModifiedTime": changed, "InstanceType": name}
    return look(CONTROL, {NOTEBOOK: notebook}, **parameters)


def test_a_notebook_that_ran_for_more_than_a_day_breaks_it() -> None:
    assert rule(25) == (
        "fail",
        "running for more than 24 hours without a stop: about 40 USD a month (price table of 2026-11)",
    )


def test_a_notebook_started_today_complies() -> None:
    assert rule(23)[0] == "pass"


@pytest.mark.parametrize("status", ["Stopped", "Stopping", "Failed"])
def test_a_notebook_that_does_not_run_complies(status: str) -> None:
    assert rule(1000, status=status)[0] == "pass"


def test_the_hours_can_be_told() -> None:
    assert rule(25, idleHours=48)[0] == "pass"
    assert rule(3, idleHours=2)[0] == "fail"


def test_a_price_that_is_not_known_is_not_made_up() -> None:
    assert rule(25, name="ml.x9.large")[1].endswith("the cost of ml.x9.large is not in the price table of 2026-11")


def test_a_notebook_that_is_only_declared_is_not_judged() -> None:
    assert look(CONTROL, {NOTEBOOK: {"InstanceType": "ml.t3.medium"}})[0] == "not_applicable"
