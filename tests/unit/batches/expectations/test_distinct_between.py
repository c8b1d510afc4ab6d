"""Distinct values are counted, or estimated with an error that is told."""

import math
from functools import partial

import pyarrow as pa
import pytest
from pydantic import ValidationError

from holdfast.batches.expectations.distinct_between import DistinctBetween
from holdfast.batches.probes import distinct as probe
from tests.unit.batches.expectations.conftest import Told


def test_number_and_share_of_distinct_values_are_held_against_bounds(told: Told) -> None:
    table = pa.table({"c": ["a", "b", "a", None, "b"]})
    assert told(table, expect="distinct_between", column="c", minimum=2, maximum=2).word == "held"
    assert told(table, expect="distinct_between", column="c", minimum=3).said == "2 distinct of 4 values"
    assert told(table, expect="distinct_between", column="c", maximum_share=0.4).word == "broken"
    assert told(table, expect="distinct_between", column="c", minimum_share=0.5).word == "held"


def test_a_bound_is_needed() -> None:
    with pytest.raises(ValidationError, match="expected minimum, maximum, minimum_share or maximum_share"):
        DistinctBetween(expect="distinct_between", column="c")


def test_no_value_is_no_pass(told: Told) -> None:
    assert told(pa.table({"c": pa.nulls(3)}), expect="distinct_between", column="c", maximum=5).word == "broken"


def test_an_estimate_is_blamed_only_where_chance_is_out_of_the_question(
    monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    few = partial(probe.distinct, most=1 << 10)
    monkeypatch.setattr(probe, "distinct", few)
    table = pa.table({"c": [*range(20_000)] * 2})
    counted = told(table, expect="distinct_between", column="c", minimum=1)
    about = int(counted.said.split()[0].replace(",", ""))
    error = round(about * 2.576 / math.sqrt((1 << 10) - 2))
    for bound, word in ((about + error + 9, "undecided"), (about + 2 * error, "broken"), (about - error - 9, "held")):
        assert told(table, expect="distinct_between", column="c", minimum=bound).word == word
    narrow = {"minimum": about - 1, "maximum": about + 1}
    assert told(table, expect="distinct_between", column="c", **narrow).word == "undecided", "nothing says it is wrong"


def test_bounds_that_nothing_meets_are_refused() -> None:
    for bounds in ({"minimum": 3, "maximum": 2}, {"minimum_share": 0.5, "maximum_share": 0.4}):
        with pytest.raises(ValidationError, match="the least must be at most the greatest"):
            DistinctBetween(expect="distinct_between", column="c", **bounds)


def test_there_are_never_more_distinct_values_than_values(monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    monkeypatch.setattr(probe, "distinct", partial(probe.distinct, most=1 << 9))
    for start in range(0, 100_000, 10_000):
        table = pa.table({"c": range(start, start + 5_000)})
        outcome = told(table, expect="distinct_between", column="c", maximum=5_000)
        assert outcome.word == "held"
        assert int(outcome.said.split()[0].replace(",", "")) <= 5_000
