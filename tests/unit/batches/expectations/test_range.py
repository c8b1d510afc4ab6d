"""Values beyond bounds are counted exactly, integers and times too."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.batches.expectations.conftest import Told

FAR = 2**53 + 1


def test_what_lies_outside_is_counted_at_each_side_and_no_value_is_told(told: Told) -> None:
    table = pa.table({"x": [-1.0, 0.0, 0.5, 1.0, 2.0, None, float("nan")]})
    outcome = told(table, expect="range", column="x", minimum=0, maximum=1)
    assert outcome.word == "broken"
    assert outcome.said == "2 of 5 values (40.000%) outside 0 to 1: 1 below, 1 above"
    above = told(table, expect="range", column="x", minimum=-1, maximum=1)
    assert above.said == "1 of 5 values (20.000%) outside -1 to 1: 1 above"
    assert told(table, expect="range", column="x", minimum=-1, maximum=2).said.endswith("outside -1 to 2")
    assert told(table, expect="range", column="x", minimum=0, maximum=1, mostly=0.6).word == "held"
    assert told(table, expect="range", column="x", minimum=-1, strict_minimum=True).share == 0.2
    assert told(table, expect="range", column="x", maximum=2, strict_maximum=True).share == 0.2


def test_infinite_values_lie_outside_any_bound(told: Told) -> None:
    table = pa.table({"x": [float("-inf"), 1.0, float("inf")]})
    assert told(table, expect="range", column="x", minimum=0).share == pytest.approx(1 / 3)
    assert told(table, expect="range", column="x", minimum=-1e308, maximum=1e308).share == pytest.approx(2 / 3)


@pytest.mark.parametrize("short", [pa.float16(), pa.float32()], ids=str)
def test_a_bound_is_as_precise_as_the_column(told: Told, short: pa.DataType) -> None:
    """What was written as 0.1 with few bits is a little more, or less, than 0.1."""
    table = pa.table({"x": pa.array([0.1, 0.3], pa.float64()).cast(short)})
    assert told(table, expect="range", column="x", minimum=0.1, maximum=0.3).word == "held"
    assert told(table, expect="range", column="x", maximum=0.1).share == 0.5
    infinite = pa.table({"x": pa.array([1.0, float("inf")], pa.float32())})
    assert told(infinite, expect="range", column="x", maximum=1e300).share == 0.5


def test_integers_beyond_the_precision_of_floats_are_told_apart(told: Told) -> None:
    table = pa.table({"x": [FAR - 1, FAR, FAR + 1]})
    assert told(table, expect="range", column="x", minimum=FAR).share == pytest.approx(1 / 3)
    assert told(table, expect="range", column="x", maximum=FAR, strict_maximum=True).share == pytest.approx(2 / 3)
    large = pa.table({"x": pa.array([2**64 - 1, 0], pa.uint64())})
    assert told(large, expect="range", column="x", maximum=2**63).share == 0.5
    assert told(large, expect="range", column="x", minimum=-5).word == "held"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.floats(-6, 6), st.floats(0, 6), st.booleans())
def test_it_agrees_with_python(told: Told, values: list[int], minimum: float, wide: float, strict: bool) -> None:
    said: dict[str, Any] = {"minimum": minimum, "maximum": minimum + wide, "strict_minimum": strict}
    outside = sum(not (value > minimum if strict else value >= minimum) or value > minimum + wide for value in values)
    assert told(pa.table({"x": values}), expect="range", column="x", **said).share == outside / len(values)


def test_times_are_held_against_times(told: Told) -> None:
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    for unit in ("s", "ms", "us", "ns"):
        table = pa.table({"at": pa.array(moments, pa.timestamp(unit, "UTC"))})
        assert told(table, expect="range", column="at", minimum="2026-01-02T00:00:00Z").share == pytest.approx(1 / 3)


def test_no_value_no_column_and_another_kind_are_never_a_pass(told: Told) -> None:
    words = pa.table({"x": ["a", "b"]})
    assert told(words, expect="range", column="y", minimum=0).word == "broken"
    assert told(pa.table({"x": pa.nulls(3, pa.int64())}), expect="range", column="x", minimum=0).word == "broken"
    assert told(words, expect="range", column="x", minimum=0).word == "uncountable", "the reference has words too"
    numbers = pa.table({"x": [1, 2]})
    assert told(words, reference=numbers, expect="range", column="x", minimum=0).word == "broken"
    assert told(numbers, expect="range", column="x", minimum="2026-01-02T00:00:00Z").word == "uncountable"


@pytest.mark.parametrize("kind", [pa.time32("s"), pa.time64("ns"), pa.duration("us")], ids=str)
def test_a_time_of_day_lies_before_no_date(told: Told, kind: pa.DataType) -> None:
    table = pa.table({"at": pa.array([1, 2], kind)})
    moments = pa.table({"at": pa.array([1, 2], pa.timestamp("us"))})
    said = {"expect": "range", "column": "at", "maximum": "2026-01-02T00:00:00Z"}
    assert told(table, **said).said == f"{kind} does not say when, expected dates or timestamps"
    assert told(table, **said).word == "uncountable"
    assert told(table, reference=moments, **said).word == "broken"
