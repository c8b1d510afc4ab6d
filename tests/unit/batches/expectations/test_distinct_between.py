"""Distinct values are counted, or estimated with an error that is told."""

import pyarrow as pa
import pytest
from pydantic import ValidationError

from holdfast.batches.expectations.distinct_between import DistinctBetween
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
