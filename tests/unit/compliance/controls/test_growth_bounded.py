from datetime import timedelta
from typing import Any

import pytest

from holdfast.compliance.controls.growth_bounded import CONTROL, GB
from holdfast.compliance.facts import Fact, Unread
from holdfast.compliance.reads.cost import BUCKET_SIZE
from holdfast.compliance.reads.s3 import LIFECYCLE
from tests.unit.compliance.look import NOON, look


def sizes(*gigabytes: float, status: str = "Complete") -> Fact:
    """Give one size every ten days, the last of yesterday; CloudWatch tells the newest first."""
    days = [NOON - timedelta(days=1 + 10 * back) for back in range(len(gigabytes))]
    values = [size * GB for size in reversed(gigabytes)]
    return {"MetricDataResults": [{"Timestamps": days, "Values": values, "StatusCode": status}]}


def rule(size: Fact | Unread, *rules: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {LIFECYCLE: {"Rules": list(rules)}, BUCKET_SIZE: size}, **parameters)


def test_a_bucket_that_only_grows_breaks_it() -> None:
    verdict, reason = rule(sizes(1000, 1500, 1900))
    assert verdict == "fail"
    assert reason.startswith("grew by more than 10 GB in 30 days, and no rule expires or moves objects: about 40 USD")


@pytest.mark.parametrize("bound", [{"Expiration": {"Days": 90}}, {"Transitions": [{"StorageClass": "GLACIER"}]}])
def test_a_rule_by_which_objects_leave_bounds_it(bound: dict[str, Any]) -> None:
    assert rule(sizes(1000, 1900), {"Status": "Enabled"} | bound)[0] == "pass"


@pytest.mark.parametrize(
    "other",
    [
        {"Status": "Disabled", "Expiration": {"Days": 90}},
        {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
        {"Status": "Enabled", "Expiration": {"ExpiredObjectDeleteMarker": True}},
        {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
    ],
)
def test_a_rule_by_which_no_object_leaves_bounds_nothing(other: dict[str, Any]) -> None:
    assert rule(sizes(1000, 1900), other)[0] == "fail"


def test_little_growth_is_allowed() -> None:
    assert rule(sizes(1000, 1009))[0] == "pass"
    assert rule(sizes(1000, 1009), growthGb=5)[0] == "fail"


def test_growth_before_the_window_does_not_count() -> None:
    assert rule(sizes(1000, 1900, 1901), windowDays=12)[0] == "pass"


def test_a_bucket_without_measurements_is_not_judged() -> None:
    assert rule(sizes())[0] == "not_applicable"
    assert rule(sizes(5))[0] == "not_applicable"


def test_measurements_that_cannot_be_read_settle_nothing() -> None:
    assert rule(Unread("cloudwatch:GetMetricData is denied"))[0] == "unknown"
    assert rule(sizes(1000, 1900, status="Forbidden"))[0] == "unknown"
