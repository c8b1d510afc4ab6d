from datetime import datetime, timedelta
from typing import Any

import pytest

from holdfast.compliance.controls.endpoint_idle import CONTROL
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.reads.cost import ENDPOINT_HARDWARE, INVOCATIONS
from holdfast.compliance.reads.sagemaker import ENDPOINT
from tests.unit.compliance.look import NOON, look

VARIANT = {"VariantName": "main", "CurrentInstanceCount": 2}
HARDWARE: Fact = {"ProductionVariants": [{"VariantName": "main", "ModelName": "churn", "InstanceType": "ml.m5.xlarge"}]}


def endpoint(*, days: float = 30, status: str = "InService", **variant: Any) -> Fact:
    made = NOON - timedelta(days=days)
    return {"CreationTime": made, "EndpointStatus": status, "ProductionVariants": [VARIANT | variant]}


def called(*times: tuple[datetime, float], status: str = "Complete") -> Fact:
    moments, values = [moment for moment, _ in times], [value for _, value in times]
    return {"MetricDataResults": [{"Id": "m0", "Timestamps": moments, "Values": values, "StatusCode": status}]}


def rule(
    described: Fact, invocations: Fact | Unread, hardware: Fact | Unread = HARDWARE, **parameters: Any
) -> tuple[str, str]:
    facts: dict[Read, Fact | Unread] = {ENDPOINT: described, INVOCATIONS: invocations, ENDPOINT_HARDWARE: hardware}
    return look(CONTROL, facts, **parameters)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def test_an_endpoint_that_nobody_called_costs_for_nothing() -> None:
    assert rule(endpoint(), called()) == (
        "fail",
        "no invocation in 7 days: about 380 USD a month (price table of 2026-11)",
    )


def test_one_call_within_the_window_is_a_use() -> None:
    assert rule(endpoint(), called((ago(6), 1.0)))[0] == "pass"


def test_a_day_that_lies_partly_within_the_window_counts() -> None:
    assert rule(endpoint(), called((ago(7.5), 1.0)))[0] == "pass"


@pytest.mark.parametrize("calls", [((ago(9), 1.0),), ((ago(3), 0.0),)])
def test_older_calls_and_days_without_any_are_no_use(calls: tuple[tuple[datetime, float], ...]) -> None:
    assert rule(endpoint(), called(*calls))[0] == "fail"


def test_the_window_can_be_told() -> None:
    assert rule(endpoint(), called((ago(9), 1.0)), idleDays=10)[0] == "pass"
    assert rule(endpoint(), called((ago(9), 1.0)), idleDays=2)[1].startswith("no invocation in 2 days")


def test_an_endpoint_younger_than_the_window_is_not_judged() -> None:
    assert rule(endpoint(days=6), called()) == ("not_applicable", "it is younger than 7 days")


@pytest.mark.parametrize("status", ["Failed", "Creating", "Deleting", "OutOfService"])
def test_an_endpoint_that_does_not_run_is_not_judged(status: str) -> None:
    assert rule(endpoint(status=status), called())[0] == "not_applicable"


def test_a_serverless_endpoint_costs_nothing_while_idle() -> None:
    described = endpoint(CurrentInstanceCount=0, CurrentServerlessConfig={"MemorySizeInMB": 2048})
    assert rule(described, called())[0] == "not_applicable"


def test_an_endpoint_scaled_to_nothing_costs_nothing() -> None:
    assert rule(endpoint(CurrentInstanceCount=0), called()) == ("not_applicable", "it is scaled to no instances")


def test_calls_that_cannot_be_read_settle_nothing() -> None:
    assert rule(endpoint(), Unread("cloudwatch:GetMetricData is denied"))[0] == "unknown"
    assert rule(endpoint(), called(status="Forbidden"))[0] == "unknown"
    assert rule(endpoint(), called(status="InternalError"))[0] == "unknown"


def test_calls_of_inference_components_are_counted_elsewhere() -> None:
    hardware = {"ProductionVariants": [{"VariantName": "main", "InstanceType": "ml.g5.xlarge"}]}
    assert rule(endpoint(), called(), hardware)[0] == "unknown"


def test_a_price_that_is_not_known_is_not_made_up() -> None:
    hardware = {"ProductionVariants": [{"VariantName": "main", "ModelName": "m", "InstanceType": "ml.x9.large"}]}
    assert rule(endpoint(), called(), hardware) == (
        "fail",
        "no invocation in 7 days; the cost of ml.x9.large is not in the price table of 2026-11",
    )


def test_an_endpoint_whose_configuration_is_deleted_still_idles() -> None:
    assert rule(endpoint(), called(), {})[1].endswith("the cost of its instances is not in the price table of 2026-11")
