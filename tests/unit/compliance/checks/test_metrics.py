from datetime import UTC, datetime

import pytest

from holdfast.compliance.checks.metrics import samples, unreadable

MONDAY, TUESDAY, FRIDAY = (datetime(2026, 3, day, tzinfo=UTC) for day in (2, 3, 6))


def test_the_days_of_several_pages_count_together() -> None:
    pages = [
        {"Id": "m0", "Timestamps": [MONDAY], "Values": [1.0]},
        {"Id": "m0", "Timestamps": [FRIDAY], "Values": [2.0]},
    ]
    assert list(samples({"MetricDataResults": pages}, since=MONDAY)) == [(MONDAY, 1.0), (FRIDAY, 2.0)]


def test_a_day_that_ended_before_counts_no_more() -> None:
    page = {"Id": "m0", "Timestamps": [MONDAY, TUESDAY], "Values": [1.0, 2.0]}
    assert list(samples({"MetricDataResults": [page]}, since=TUESDAY)) == [(TUESDAY, 2.0)]


@pytest.mark.parametrize(("code", "is_read"), [("Complete", True), ("PartialData", True), ("Forbidden", False)])
def test_only_what_cloudwatch_gave_counts(code: str, is_read: bool) -> None:
    assert (unreadable({"MetricDataResults": [{"StatusCode": code}]}) is None) is is_read
