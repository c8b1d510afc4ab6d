"""Missing values are counted, null and not-a-number alike."""

import pyarrow as pa
import pytest

from tests.unit.batches.expectations.conftest import Told

TABLE = pa.table({"x": pa.array([1.0, None, float("nan"), 4.0] + [5.0] * 16)})


@pytest.mark.parametrize(("mostly", "word"), [(1.0, "broken"), (0.91, "broken"), (0.9, "held"), (0.5, "held")])
def test_null_and_nan_are_missing_and_the_share_counts_to_the_row(told: Told, mostly: float, word: str) -> None:
    outcome = told(TABLE, expect="not_null", column="x", mostly=mostly)
    assert (outcome.word, outcome.share) == (word, 0.1)
    assert "2 of 20 values (10.000%) are missing" in outcome.said


def test_a_column_that_is_not_there_or_holds_nothing_is_never_a_pass(told: Told) -> None:
    assert told(TABLE, expect="not_null", column="y").word == "broken"
    assert told(pa.table({"x": pa.nulls(5)}), expect="not_null", column="x").word == "broken"
    assert told(TABLE.slice(0, 0), expect="not_null", column="x").word == "no_rows"
