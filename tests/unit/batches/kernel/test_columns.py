"""Every type Arrow can bring becomes numbers or labels, or is called what it is."""

import datetime
import decimal
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.compute import run_end_encode

from holdfast.batches.kernel.columns import LONGEST_LABEL, Kind, kind_of, label, labels, numbers, unread

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("data_type", "kind"),
    [
        (pa.bool_(), Kind.NUMBER), (pa.int8(), Kind.NUMBER), (pa.uint64(), Kind.NUMBER), (pa.float16(), Kind.NUMBER),
        (pa.decimal128(10, 2), Kind.NUMBER), (pa.decimal256(60, 2), Kind.NUMBER), (pa.date32(), Kind.TIME),
        (pa.date64(), Kind.TIME), (pa.timestamp("ns", "UTC"), Kind.TIME), (pa.time32("s"), Kind.TIME),
        (pa.duration("ms"), Kind.TIME), (pa.string(), Kind.CATEGORY), (pa.large_string(), Kind.CATEGORY),
        (pa.binary(), Kind.CATEGORY), (pa.binary(4), Kind.CATEGORY), (pa.string_view(), Kind.CATEGORY),
        (pa.dictionary(pa.int8(), pa.string()), Kind.CATEGORY), (pa.dictionary(pa.int8(), pa.int64()), Kind.NUMBER),
        (pa.uuid(), Kind.CATEGORY), (pa.null(), Kind.EMPTY), (pa.list_(pa.int8()), Kind.NESTED),
        (pa.struct({"a": pa.int8()}), Kind.NESTED), (pa.map_(pa.string(), pa.int8()), Kind.NESTED),
        (pa.month_day_nano_interval(), Kind.NESTED),
    ],
    ids=str,
)  # fmt: skip
def test_a_type_is_of_one_kind(data_type: pa.DataType, kind: Kind) -> None:
    assert kind_of(data_type) is kind


@pytest.mark.parametrize(
    ("values", "data_type", "expected"),
    [
        ([True, None, False], pa.bool_(), [1, 0]),
        ([2**62 + 1, None, -(2**62) - 1], pa.int64(), [2**62 + 1, -(2**62) - 1]),
        ([2**64 - 1, None], pa.uint64(), [2**64 - 1]),
        ([decimal.Decimal("1.25"), None], pa.decimal128(10, 2), [1.25]),
        ([decimal.Decimal("1.25")], pa.decimal256(60, 2), [1.25]),
        ([np.float16(0.5), None], pa.float16(), [0.5]),
        ([datetime.date(1970, 1, 3), None], pa.date32(), [2 * DAY]),
        ([datetime.date(1970, 1, 3), None], pa.date64(), [2 * DAY]),
        ([5, None], pa.timestamp("s"), [5_000_000]),
        ([5_999, None], pa.timestamp("ns"), [5]),
        ([7, None], pa.time32("ms"), [7_000]),
        ([2**62], pa.timestamp("s"), [(2**63 - 1) // 1_000_000 * 1_000_000]),
    ],
    ids=str,
)
def test_values_become_64_bit_numbers_and_nulls_are_counted(
    values: list[Any], data_type: pa.DataType, expected: list[float]
) -> None:
    found = numbers(pa.array(values, data_type))
    assert (found.numbers.tolist(), found.nulls, found.nans) == (expected, values.count(None), 0)
    assert found.numbers.dtype.itemsize == 8


@pytest.mark.parametrize(
    "data_type",
    [
        pa.decimal32(9, 2), pa.decimal64(18, 3), pa.decimal128(12, 2), pa.decimal128(38, 18), pa.decimal128(38, 30),
        pa.decimal128(10, -3), pa.decimal256(50, 5), pa.decimal256(76, 0), pa.decimal256(60, -10),
    ],
    ids=str,
)  # fmt: skip
@given(digits=st.lists(st.integers(-(10**76), 10**76), min_size=1, max_size=20), cut=st.integers(0, 3))
def test_a_decimal_is_the_float_that_its_digits_are(data_type: pa.DataType, digits: list[int], cut: int) -> None:
    with decimal.localcontext(decimal.Context(prec=80)):
        unscaled = [decimal.Decimal(f"{one:+d}"[: 1 + data_type.precision]) for one in digits]
        small = [decimal.Decimal(at).scaleb(-data_type.scale) for at in range(40)]
        values = [*(one.scaleb(-data_type.scale) for one in unscaled), *small]
        found = numbers(pa.array(values, data_type)[cut:])
    assert found.numbers.tolist() == [float(str(value)) for value in values[cut:]]
    assert numbers(pa.array(small, data_type)[cut:]).numbers.tolist() == [float(str(value)) for value in small[cut:]]


def test_nan_is_missing_but_not_null() -> None:
    found = numbers(pa.array([1.5, float("nan"), None], pa.float32()))
    assert (found.numbers.tolist(), found.nulls, found.nans, found.n) == ([1.5], 1, 1, 1)


def test_a_slice_is_read_from_its_beginning() -> None:
    assert numbers(pa.array([1, None, 3, 4])[2:]).numbers.tolist() == [3, 4]
    assert labels(pa.array(["a", "b", None, "b"])[1:]).counts.tolist() == [2]


@pytest.mark.parametrize(
    "data_type",
    [pa.string(), pa.large_string(), pa.binary(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_labels_are_counted_whatever_holds_them(data_type: pa.DataType) -> None:
    found = labels(pa.array(["b", "a", None, "b"]).cast(data_type))
    assert dict(zip(found.labels, found.counts.tolist(), strict=True)) == {"a": 1, "b": 2}
    assert (found.nulls, found.n) == (1, 3)


def test_a_null_within_a_dictionary_is_a_null() -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0, 1, 1, None], pa.int8()), pa.array(["a", None]))
    found = labels(values)
    assert (found.labels, found.counts.tolist(), found.nulls) == (["a"], [1], 3)


def test_bytes_that_are_no_text_are_escaped() -> None:
    assert labels(pa.array([b"\xff\x01a", b"ok"], pa.binary())).labels == ["\\xff\x01a", "ok"]


def test_long_labels_are_cut_and_still_differ() -> None:
    first, second = label(b"x" * 5_000 + b"1"), label(b"x" * 5_000 + b"2")
    assert first != second
    assert len(first) == len(second) == LONGEST_LABEL


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, None, 2, 2]), [1, 2, 2]),
        (pa.array([1.5, None, 2.0, 2.0], pa.float16()), [1.5, 2, 2]),
        (pa.array([1, None, 2, 2], pa.timestamp("ms", "Asia/Kolkata")), [1_000, 2_000, 2_000]),
        (pa.array([decimal.Decimal(1), None, decimal.Decimal(10) ** 60, None], pa.decimal256(70, 0)), [1, 1e60]),
    ],
    ids=lambda values: str(getattr(values, "type", "")),
)
def test_a_wrapping_of_values_is_taken_off(values: pa.Array, expected: list[float]) -> None:
    wrapped = [values.dictionary_encode()] if not pa.types.is_float16(values.type) else []
    if pa.types.is_integer(values.type) or pa.types.is_timestamp(values.type):
        wrapped.append(run_end_encode(values))
    for each in [values, *wrapped]:
        assert (kind_of(each.type), numbers(each).numbers.tolist()) == (kind_of(values.type), expected)
        assert numbers(each).nulls == values.null_count


def test_text_in_runs_has_labels() -> None:
    found = labels(run_end_encode(pa.array(["a", "a", None, "b"])))
    assert (found.labels, found.counts.tolist(), found.nulls) == (["a", "b"], [2, 1], 1)


def test_an_extension_is_what_it_stores() -> None:
    flags = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, None, 0], pa.int8()))
    assert (kind_of(flags.type), numbers(flags).numbers.tolist()) == (Kind.NUMBER, [1, 0])
    names = pa.array([b"a" * 16, None], pa.uuid())
    assert labels(names).labels == ["a" * 16]


def test_a_dictionary_of_nothing_but_nulls_is_empty() -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0, None, 0]), pa.nulls(1))
    assert kind_of(values.type) is Kind.EMPTY
    assert unread(values) == (0, 3, 0)


@given(st.lists(st.one_of(st.none(), st.text(max_size=200).map(str.encode), st.binary(max_size=200)), max_size=20))
def test_every_label_is_written_as_if_it_stood_alone(values: list[bytes | None]) -> None:
    for start in (0, 1):
        found, there = labels(pa.array(values, pa.binary())[start:]), Counter[str]()
        for name, count in zip(found.labels, found.counts.tolist(), strict=True):
            there[name] += count
        assert there == Counter(label(value) for value in values[start:] if value is not None)
        assert found.nulls == values[start:].count(None)


def test_nested_values_are_only_counted() -> None:
    assert unread(pa.array([[1], None, []])) == (2, 1, 0)
