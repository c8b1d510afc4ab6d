"""Two columns are compared row by row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.batches.expectations.conftest import Told

VALUES = st.integers(-3, 3) | st.none()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=30), st.booleans())
def test_it_agrees_with_python(told: Told, rows: list[tuple[int | None, int | None]], as_float: bool) -> None:
    left, right = zip(*rows, strict=True)
    table = pa.table({"a": pa.array(left, pa.int64()), "b": pa.array(right, pa.float64() if as_float else pa.int64())})
    both = [(a, b) for a, b in rows if a is not None and b is not None]
    for holds, fine in (("equal", int.__eq__), ("greater", int.__gt__), ("greater_or_equal", int.__ge__)):
        outcome = told(table, expect="pair", column="a", holds=holds, other="b")
        if both:
            assert outcome.share == pytest.approx(sum(not fine(a, b) for a, b in both) / len(both))
        else:
            assert outcome.word in ("broken", "uncountable")


def test_times_of_different_units_and_texts_are_compared(told: Told) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ends = pa.array([start + timedelta(seconds=at) for at in (-1, 0, 1)], pa.timestamp("ns", "UTC"))
    table = pa.table({"start": pa.array([start] * 3, pa.timestamp("s")), "end": ends, "c": ["x", "y", "z"]})
    said = {"expect": "pair", "column": "end", "other": "start"}
    assert told(table, **said, holds="greater").share == pytest.approx(2 / 3)
    outcome = told(table, **said, holds="greater_or_equal")
    assert outcome.said == "1 of 3 values (33.333%) are not greater or equal to start"
    texts = pa.table({"a": pa.array(["x", "y"]).dictionary_encode(), "b": ["x", "z"]})
    assert told(texts, expect="pair", column="a", other="b", holds="equal").share == 0.5


def test_what_cannot_be_ordered_is_no_pass(told: Told) -> None:
    texts = pa.table({"a": ["x"], "b": ["y"]})
    assert told(texts, expect="pair", column="a", other="b", holds="greater").word == "uncountable"
    assert told(texts, expect="pair", column="a", other="gone", holds="equal").said == "gone: missing from the batch"


def test_decimals_and_large_floats_are_compared_as_floats(told: Told) -> None:
    cents = pa.array([Decimal("1.50"), Decimal(2), Decimal("3.25")], pa.decimal128(9, 2))
    table = pa.table({"d": cents, "x": [1.5, 2.0, 3.5], "i": [2**60, 2**62, 5], "f": [2.0**60, 2.0**62, 6.0]})
    for column, other in (("d", "x"), ("x", "d"), ("i", "f")):
        assert told(table, expect="pair", column=column, other=other, holds="equal").share == pytest.approx(1 / 3)
    assert told(table, expect="pair", column="f", other="i", holds="greater_or_equal").word == "held"


@pytest.mark.parametrize("other", [pa.time64("ns"), pa.timestamp("ns"), pa.string()], ids=str)
def test_values_of_two_kinds_are_never_equal_and_never_a_pass(told: Told, other: pa.DataType) -> None:
    table = pa.table({"a": [1, 2], "b": pa.array([1, 2]).cast(other)})
    numbers = pa.table({"a": [1, 2], "b": [1, 2]})
    said = {"expect": "pair", "column": "a", "other": "b", "holds": "equal"}
    assert told(table, **said).word == "uncountable", "the reference has it so too"
    assert told(table, reference=numbers, **said).said == f"int64 and {other} cannot be compared"
    assert told(table, reference=numbers, **said).word == "broken"
