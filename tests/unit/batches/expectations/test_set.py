"""Members of a set are counted, as text or as numbers, never the one as the other."""

import pyarrow as pa
import pytest

from tests.unit.batches.expectations.conftest import Told

LONG = "x" * 500


def test_what_is_not_allowed_is_counted_and_not_named(told: Told) -> None:
    table = pa.table({"c": pa.array(["a", "b", "secret", None, "a"]).dictionary_encode()})
    outcome = told(table, expect="set", column="c", values=["a", "b"])
    assert (outcome.word, outcome.share) == ("broken", 0.25)
    assert "secret" not in outcome.said
    assert told(table, expect="set", column="c", values=["a", "b"], mostly=0.75).word == "held"


@pytest.mark.parametrize(
    ("column", "values", "share"),
    [
        (pa.array([1, 2, 3]), [1, 2.0, 2.5], 1 / 3),
        (pa.array([1.0, 2.5, 3.0]), [1, 2.5], 1 / 3),
        (pa.array([True, False, True]), [True], 1 / 3),
        (pa.array([0.1, 0.2], pa.float32()), [0.1], 0.5),
        (pa.array([2**53, 2**53 + 1]), [2**53], 0.5),
        (pa.array([2**64 - 1, 0], pa.uint64()), [2**64 - 1, -1], 0.5),
        (pa.array([LONG, LONG + "y"]), [LONG], 0.5),
        (pa.array([b"a", b"\xff"]), ["a"], 0.5),
    ],
)
def test_each_type_is_compared_exactly(told: Told, column: pa.Array, values: list[object], share: float) -> None:
    assert told(pa.table({"c": column}), expect="set", column="c", values=values).share == pytest.approx(share)


def test_numbers_are_not_held_against_words(told: Told) -> None:
    numbers, words = pa.table({"c": [1, 2]}), pa.table({"c": ["1", "2"]})
    assert told(numbers, expect="set", column="c", values=["1", "2"]).word == "uncountable"
    assert told(words, reference=numbers, expect="set", column="c", values=[1, 2]).word == "broken"
    assert told(pa.table({"c": pa.nulls(2)}), expect="set", column="c", values=["1"]).word == "broken"
