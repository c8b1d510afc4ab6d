from datetime import datetime, timedelta

from holdfast.compliance.control import Control
from holdfast.compliance.controls.notebook_left_running import CONTROL
from holdfast.compliance.logic import judge
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from holdfast.compliance.resource import Resource
from tests.unit.compliance.look import ACCOUNT, NOON, REGION, One

LEFT = {
    "NotebookInstanceStatus": "InService",
    "LastModifiedTime": NOON - timedelta(days=3),
    "InstanceType": "ml.t3.medium",
}
LAB = Resource(CONTROL.kind, "lab", ACCOUNT, REGION)


class Waived(One):
    """The rules with one control in them, which nothing has to obey."""

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str:  # type: ignore[override]
        """Waive everything."""
        return "waived by team-a until 2026-06-01"


def test_a_finding_says_what_it_costs_a_month() -> None:
    [found] = judge(LAB, {NOTEBOOK: LEFT}, One(CONTROL, {}), now=NOON)
    assert (found.verdict, found.monthly_cost_usd) == ("fail", 40)


def test_a_waived_finding_costs_as_much() -> None:
    [found] = judge(LAB, {NOTEBOOK: LEFT}, Waived(CONTROL, {}), now=NOON)
    assert (found.verdict, found.monthly_cost_usd) == ("waived", 40)
    assert found.reason.startswith("waived by team-a until 2026-06-01: running for more than 24 hours")


def test_what_costs_nothing_says_nothing_of_cost() -> None:
    [found] = judge(LAB, {NOTEBOOK: LEFT | {"NotebookInstanceStatus": "Stopped"}}, One(CONTROL, {}), now=NOON)
    assert (found.verdict, found.monthly_cost_usd) == ("pass", None)


def test_the_same_state_a_day_later_is_the_same_finding() -> None:
    [today] = judge(LAB, {NOTEBOOK: LEFT}, One(CONTROL, {}), now=NOON)
    [tomorrow] = judge(LAB, {NOTEBOOK: LEFT}, One(CONTROL, {}), now=NOON + timedelta(days=1))
    assert today == tomorrow
