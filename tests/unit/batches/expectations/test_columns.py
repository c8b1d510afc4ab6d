"""Columns are expected by name, in any order."""

import pyarrow as pa

from tests.unit.batches.expectations.conftest import Told

TABLE = pa.table({"x": [1], "y": [2]})


def test_missing_and_surplus_columns_are_named(told: Told) -> None:
    assert told(TABLE, expect="columns", names=["y", "x"], only=True).word == "held"
    assert told(TABLE, expect="columns", names=["x"]).word == "held"
    outcome = told(TABLE, expect="columns", names=["x", "z"], only=True)
    assert (outcome.word, outcome.said) == ("broken", "missing z; not expected y")


def test_of_many_the_first_are_named(told: Told) -> None:
    outcome = told(TABLE, expect="columns", names=[f"c{at}" for at in range(9)])
    assert outcome.said == "missing c0, c1, c2 and 6 more"
