"""A column's type is expected by a word for many, or to the bit."""

import pyarrow as pa
import pytest

from tests.unit.batches.expectations.conftest import Told


@pytest.mark.parametrize(
    ("column", "types", "word"),
    [
        (pa.array([1]), ["integer"], "held"),
        (pa.array([1]), ["int64"], "held"),
        (pa.array([1]), ["int32", "text"], "broken"),
        (pa.array([1], pa.uint8()), ["integer"], "held"),
        (pa.array([1.5]), ["number"], "held"),
        (pa.array([1.5]), ["integer"], "broken"),
        (pa.array([True]), ["boolean"], "held"),
        (pa.array(["a"]).dictionary_encode(), ["text"], "held"),
        (pa.array([1], pa.timestamp("s", "UTC")), ["timestamp"], "held"),
        (pa.array([[1]]), ["nested"], "held"),
        (pa.nulls(2), ["number"], "broken"),
    ],
)
def test_types_are_told_by_what_their_values_mean(told: Told, column: pa.Array, types: list[str], word: str) -> None:
    assert told(pa.table({"c": column}), expect="type", column="c", types=types).word == word


def test_a_missing_column_has_no_type(told: Told) -> None:
    assert told(pa.table({"c": [1]}), expect="type", column="d", types=["number"]).word == "broken"
