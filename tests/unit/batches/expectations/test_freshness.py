"""The newest time is held against the arrival of the batch, from both sides."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from tests.unit.batches.expectations.conftest import Told

ARRIVED = datetime(2026, 3, 10, 12, tzinfo=UTC)


def aged(hours: float, unit: str = "us", zone: str | None = None) -> pa.Table:
    """Give times of which the newest is so many hours older than the arrival."""
    times = [(ARRIVED - timedelta(hours=hours + more)).replace(tzinfo=None) for more in (0, 5, 50)]
    return pa.table({"at": pa.array(times, pa.timestamp(unit, zone))})


@pytest.mark.parametrize(
    ("hours", "word"), [(0, "held"), (24, "held"), (24.1, "broken"), (-23, "held"), (-24.1, "broken"), (-9e5, "broken")]
)
def test_the_newest_time_decides(told: Told, hours: float, word: str) -> None:
    assert told(aged(hours), arrived=ARRIVED, expect="freshness", column="at", hours=24).word == word


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_units_and_zones_make_no_difference(told: Told, unit: str) -> None:
    for zone in (None, "UTC", "Asia/Tokyo"):
        outcome = told(aged(30, unit, zone), arrived=ARRIVED, expect="freshness", column="at", hours=24)
        assert outcome.said == "the newest time is 30.0 h before the arrival, expected at most 24 h"


def test_a_date_is_its_midnight(told: Told) -> None:
    table = pa.table({"at": pa.array([date(2026, 3, 9), None])})
    assert told(table, arrived=ARRIVED, expect="freshness", column="at", hours=36).word == "held"
    assert told(table, arrived=ARRIVED, expect="freshness", column="at", hours=35).word == "broken"


def test_what_cannot_be_told_is_no_pass(told: Told) -> None:
    assert told(aged(0), expect="freshness", column="at", hours=24).word == "uncountable", "no arrival is known"
    spans = pa.table({"at": pa.array([1, 2], pa.duration("s"))})
    assert told(spans, arrived=ARRIVED, expect="freshness", column="at", hours=24).word == "uncountable"
    empty = pa.table({"at": pa.nulls(2, pa.timestamp("us"))})
    assert told(empty, arrived=ARRIVED, expect="freshness", column="at", hours=24).word == "broken"
