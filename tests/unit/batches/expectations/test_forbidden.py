"""Forbidden values are counted."""

import pyarrow as pa

from tests.unit.batches.expectations.conftest import Told


def test_forbidden_words_and_numbers_are_found(told: Told) -> None:
    table = pa.table({"c": ["n/a", "b", "c", None], "x": [-999.0, 1.0, 2.0, -999.0]})
    assert told(table, expect="forbidden", column="c", values=["n/a", ""]).share == 1 / 3
    assert told(table, expect="forbidden", column="x", values=[-999]).word == "broken"
    assert told(table, expect="forbidden", column="x", values=[-999], mostly=0.5).word == "held"
    assert told(table, expect="forbidden", column="x", values=[0]).word == "held"


def test_a_column_without_a_value_is_no_pass(told: Told) -> None:
    assert told(pa.table({"c": pa.nulls(2)}), expect="forbidden", column="c", values=["x"]).word == "broken"
    assert told(pa.table({"d": [1]}), expect="forbidden", column="c", values=["x"]).word == "broken"


def test_a_word_is_not_looked_for_among_numbers(told: Told) -> None:
    """It would never be found: -999 could be there for ever."""
    numbers, words = pa.table({"c": [-999, 1]}), pa.table({"c": ["a"]})
    assert told(numbers, expect="forbidden", column="c", values=["-999"]).word == "uncountable"
    assert told(numbers, reference=words, expect="forbidden", column="c", values=["-999"]).word == "broken"
    assert told(words, expect="forbidden", column="c", values=[-999]).word == "uncountable"
    assert told(numbers, expect="forbidden", column="c", values=["n/a", -999]).share == 0.5
