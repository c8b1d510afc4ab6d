"""Lengths are counted in characters, not bytes."""

import pyarrow as pa

from tests.unit.batches.expectations.conftest import Told


def test_characters_are_counted(told: Told) -> None:
    table = pa.table({"c": ["ä", "äö", "äöü", None, ""]})
    assert told(table, expect="length", column="c", minimum=1, maximum=2).share == 0.5
    assert told(table, expect="length", column="c", maximum=3).word == "held"
    assert told(table, expect="length", column="c", minimum=1, mostly=0.75).word == "held"


def test_of_bytes_that_are_no_text_each_byte_counts(told: Told) -> None:
    assert told(pa.table({"c": pa.array([b"\xff\xfe"])}), expect="length", column="c", maximum=1).share == 1


def test_a_number_has_no_length(told: Told) -> None:
    assert told(pa.table({"c": [1, 2]}), expect="length", column="c", maximum=1).word == "uncountable"


def test_a_text_has_its_length_beside_bytes_that_are_none(told: Told) -> None:
    table = pa.table({"c": pa.array(["äö".encode(), b"\xff\xfe\xfd", "ä".encode()])})
    for parts in (1, 3):
        assert told(table, parts=parts, expect="length", column="c", minimum=2, maximum=2).share == 2 / 3
