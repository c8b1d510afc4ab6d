"""Types are compared by what their values mean."""

import pyarrow as pa
import pytest

from holdfast.batches.logical import Change, Logical, change, logical

TEXTS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.large_string())]


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_forms_of_text_are_one(text: pa.DataType) -> None:
    assert change(logical("string"), logical(str(text))) is Change.SAME


def test_units_and_zones_of_timestamps_are_one() -> None:
    types = [pa.timestamp("s"), pa.timestamp("ns", "Europe/Berlin"), pa.timestamp("us", "UTC")]
    assert {logical(str(one)) for one in types} == {logical("timestamp[ms]")}


@pytest.mark.parametrize(
    ("known", "now", "how"),
    [
        (pa.int32(), pa.int64(), Change.WIDENED),
        (pa.float32(), pa.float64(), Change.WIDENED),
        (pa.float16(), pa.float32(), Change.WIDENED),
        (pa.int32(), pa.float64(), Change.WIDENED),
        (pa.uint8(), pa.int16(), Change.WIDENED),
        (pa.bool_(), pa.int8(), Change.WIDENED),
        (pa.int64(), pa.decimal128(20, 2), Change.WIDENED),
        (pa.date32(), pa.timestamp("us"), Change.WIDENED),
        (pa.int64(), pa.int32(), Change.NARROWED),
        (pa.float64(), pa.float32(), Change.NARROWED),
        (pa.int64(), pa.bool_(), Change.NARROWED),
        (pa.int64(), pa.uint64(), Change.NARROWED),
        (pa.timestamp("us"), pa.date32(), Change.NARROWED),
        (pa.int64(), pa.float64(), Change.FORM),
        (pa.float64(), pa.int64(), Change.FORM),
        (pa.decimal128(9, 2), pa.float64(), Change.FORM),
        (pa.string(), pa.binary(), Change.FORM),
        (pa.int64(), pa.string(), Change.KIND),
        (pa.timestamp("us"), pa.duration("us"), Change.KIND),
        (pa.timestamp("us"), pa.time64("us"), Change.KIND),
        (pa.timestamp("us"), pa.int64(), Change.KIND),
        (pa.int64(), pa.list_(pa.int64()), Change.KIND),
        (pa.int64(), pa.null(), Change.SAME),
        (pa.null(), pa.string(), Change.SAME),
        (pa.decimal128(9, 2), pa.decimal256(40, 2), Change.SAME),
        (pa.date32(), pa.date64(), Change.SAME),
        (pa.list_(pa.int64()), pa.struct({"a": pa.int64()}), Change.SAME),
    ],
    ids=str,
)
def test_a_change_is_told_for_what_it_is(known: pa.DataType, now: pa.DataType, how: Change) -> None:
    assert change(logical(str(known)), logical(str(now))) is how


WORDS = "int64 double bool string timestamp[us] date32[day] decimal128(9,2) null duration[s] time32[ms] binary list<x>"


@pytest.mark.parametrize("arrow", WORDS.split())
def test_a_type_is_spelled_shortly_and_read_back(arrow: str) -> None:
    found = logical(arrow)
    assert Logical.spelled(found.word) == found
    assert len(found.word) <= 9


def test_an_extension_is_what_it_stores() -> None:
    types = {pa.json_(): "text", pa.uuid(): "binary", pa.bool8(): "bool"}
    assert {one: logical(str(one)).word for one in types} == types
