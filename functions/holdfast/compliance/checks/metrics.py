"""How CloudWatch's answers are read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from holdfast.compliance.facts import Fact

A_DAY = timedelta(days=1)
READABLE = frozenset({"Complete", "PartialData"})


def unreadable(measured: Fact) -> str | None:
    """Say why measurements do not count, or `None`: `PartialData` only means that more pages followed."""
    codes = {result.get("StatusCode", "Complete") for result in measured.get("MetricDataResults", [])}
    wrong = sorted(codes - READABLE)
    return (
        f"could not be read: get_metric_data (cloudwatch:GetMetricData) answered {', '.join(wrong)}" if wrong else None
    )


def samples(measured: Fact, *, since: datetime) -> Iterator[tuple[datetime, float]]:
    """Give the days and values of which any part is after `since`."""
    for result in measured.get("MetricDataResults", []):
        for moment, value in zip(result.get("Timestamps", []), result.get("Values", []), strict=False):
            if moment + A_DAY > since:
                yield moment, value
