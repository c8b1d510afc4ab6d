"""Repeated values are found: to the row while they are few, within a stated error beyond."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.batches.expectations.unique import EXPECTATION, Unique, _judged
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.probes.distinct import distinct
from tests.unit.batches.expectations.conftest import Told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 20) | st.none(), min_size=1, max_size=40))
def test_it_agrees_with_a_count_of_each_value(told: Told, values: list[int | None]) -> None:
    counts = Counter(value for value in values if value is not None)
    n = sum(counts.values())
    for column in (
        pa.array(values, pa.int64()),
        pa.array([None if v is None else str(v) for v in values], pa.string()),
    ):
        outcome = told(pa.table({"x": column}), expect="unique", column="x")
        if n:
            assert outcome.share == pytest.approx(sum(c for c in counts.values() if c > 1) / n)
        assert (outcome.word == "held") == (n > 0 and max(counts.values()) == 1)


def test_a_share_of_repeated_values_may_be_allowed(told: Told) -> None:
    table = pa.table({"x": [1, 1, *range(2, 20)]})
    assert told(table, expect="unique", column="x").said.startswith("2 of 20 values (10.000%) occur more than once")
    assert told(table, expect="unique", column="x", mostly=0.9).word == "held"
    assert told(table, expect="unique", column="x", mostly=0.91).word == "broken"


def test_columns_may_be_unique_together(told: Told) -> None:
    table = pa.table({"a": [1, 1, 2, 2], "b": ["x", "y", "x", "y"]})
    assert told(table, expect="unique", columns=["a", "b"]).word == "held"
    assert told(table, expect="unique", columns=["a"]).word == "broken"
    assert told(table, expect="unique", columns=["a", "c"]).said == "c: missing from the batch"


@pytest.mark.parametrize(
    ("again", "mostly", "word"), [(0, 1.0, "held"), (40, 1.0, "broken"), (0, 0.95, "held"), (800, 0.9, "undecided")]
)
def test_beyond_the_sample_the_error_is_told_and_decides_nothing(again: int, mostly: float, word: str) -> None:
    values = np.concatenate([np.arange(20_000), np.arange(2 * again) // 2]) if again else np.arange(20_000)
    probe = distinct("x", most=2_000)
    outcome = _judged(probe.count(pa.array(values)), allowed=1 - mostly)
    assert outcome.word == word
    assert "within" in outcome.said


def test_one_value_repeated_very_often_is_found_though_it_is_not_in_the_sample() -> None:
    values = np.concatenate([np.arange(20_000), np.full(20_000, -7)])
    outcome = _judged(distinct("x", most=500).count(pa.array(values)), allowed=0.3)
    assert outcome.word == "broken"


@pytest.mark.parametrize(("often", "values"), [(0, 0), (40, 1), (400, 1), (2_000, 1), (30, 30), (3, 500)])
def test_the_error_holds_also_where_a_few_values_occur_often(often: int, values: int) -> None:
    """Of a value in the sample all is known; of one that is not, only what its square adds to that of all."""
    within = 0
    for seed in range(40):
        base = np.arange(30_000) + seed * 10_000_000
        again = np.repeat(base[:values], often)
        share, error = distinct("x", most=3_000).count(pa.array(np.append(base, again))).repeated
        exact = (len(again) + values) / (len(base) + len(again))
        within += abs(share - exact) <= error
    assert within >= 38


def test_a_column_of_ids_is_not_blamed() -> None:
    """One batch in a million by chance: a column without a repetition is refused for none of 300 draws."""
    probe = distinct("x", most=1_000)
    drawn = (np.arange(5_000) + seed * 10_000_000 for seed in range(300))
    assert {_judged(probe.count(pa.array(values)), allowed=0.0).word for values in drawn} == {"held"}


def test_it_asks_for_one_probe_of_its_columns_only() -> None:
    (probe,) = EXPECTATION.probes(Unique(expect="unique", columns=("a", "b")), Baseline(0, {}))
    assert probe.columns == ("a", "b")


def test_no_value_is_no_pass(told: Told) -> None:
    assert told(pa.table({"x": pa.nulls(3)}), expect="unique", column="x").word == "broken"
    assert told(pa.table({"x": [1]}), expect="unique", column="y").word == "broken"
    torn = pa.table({"a": [1, None], "b": [None, 1]})
    assert told(torn, expect="unique", columns=["a", "b"]).word == "broken"
