"""Columns as Arrow brings them, turned into what can be counted: numbers, or labels with their counts."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.int64 | np.uint64 | np.float64]
Ints = NDArray[np.int64]
MICROSECONDS = {"D": 86_400_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
NANOSECONDS_EACH = 1_000
LONGEST_LABEL = 128
EXACT, EXACT_SCALE = 1 << 53, 22


class Kind(StrEnum):
    """What a column's values are to us; only values of one kind can be compared."""

    NUMBER = "number"
    TIME = "time"
    CATEGORY = "category"
    EMPTY = "empty"
    NESTED = "nested"


class Values(NamedTuple):
    """The numbers of a chunk, and how many were null or not a number."""

    numbers: Numbers
    nulls: int
    nans: int

    @property
    def n(self) -> int:
        """Count the numbers."""
        return len(self.numbers)


class Labels(NamedTuple):
    """The distinct labels of a chunk, how often each stands there, and how many values were null."""

    labels: list[str]
    counts: Ints
    nulls: int
    nans: int = 0

    @property
    def n(self) -> int:
        """Count the values that have a label."""
        return int(self.counts.sum())


class Unread(NamedTuple):
    """How many values of a chunk are there, and how many are not; what they are is not looked at."""

    n: int
    nulls: int
    nans: int = 0


Part = TypeVar("Part", Values, Labels, Unread)


@dataclass(slots=True)
class Seen:
    """How many values have been seen, and how many were null or not a number."""

    n: int = 0
    nulls: int = 0
    nans: int = 0

    def noted(self, part: Part) -> Part:
        """Add a chunk's numbers, and hand it on."""
        self.n += part.n
        self.nulls += part.nulls
        self.nans += part.nans
        return part


def kind_of(data_type: pa.DataType) -> Kind:
    """Say what the values of a type are to us; what we cannot compare is called nested."""
    types, data_type = pa.types, _stored(data_type)
    if types.is_dictionary(data_type) or types.is_run_end_encoded(data_type):
        return kind_of(data_type.value_type)
    if types.is_null(data_type):
        return Kind.EMPTY
    if types.is_temporal(data_type) and not types.is_interval(data_type):
        return Kind.TIME
    if any(test(data_type) for test in (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal)):
        return Kind.NUMBER
    return Kind.CATEGORY if _is_text(data_type) else Kind.NESTED


def _is_text(data_type: pa.DataType) -> bool:
    tests = ("is_string", "is_large_string", "is_string_view", "is_binary", "is_large_binary", "is_binary_view")
    return pa.types.is_fixed_size_binary(data_type) or any(getattr(pa.types, test)(data_type) for test in tests)


def _stored(data_type: pa.DataType) -> pa.DataType:
    return data_type.storage_type if isinstance(data_type, pa.BaseExtensionType) else data_type


def plain(values: pa.Array) -> pa.Array:
    """Take off what a type wraps around its values, but for a dictionary."""
    if isinstance(values, pa.ExtensionArray):
        return plain(values.storage)
    if isinstance(values, pa.RunEndEncodedArray):
        from pyarrow.compute import run_end_decode

        return plain(run_end_decode(values))
    return values


def numbers(values: pa.Array) -> Values:
    """Give the numbers of a chunk as 64-bit integers, or floats where they are; decimals become floats.

    Nulls go first: numpy has none, and integers beside a null would arrive as floats, rounded beyond 2**53.
    """
    values = plain(values)
    if pa.types.is_dictionary(values.type):
        values = plain(values.dictionary_decode())
    nulls = values.null_count
    present = values.drop_null() if nulls else values
    if pa.types.is_temporal(present.type):
        return Values(_microseconds(present), nulls, 0)
    if pa.types.is_float16(present.type):
        present = present.cast(pa.float64())
    is_decimal = pa.types.is_decimal(present.type)
    found: NDArray[Any] = _nearest(present) if is_decimal else present.to_numpy(zero_copy_only=False)
    if found.dtype.kind != "f":
        return Values(found if found.dtype == np.uint64 else found.astype(np.int64, copy=False), nulls, 0)
    found = found.astype(np.float64, copy=False)
    if not len(found) or not np.isnan(found.min()):  # the smallest is NaN if any is
        return Values(found, nulls, 0)
    missing = np.isnan(found)
    return Values(found[~missing], nulls, int(np.count_nonzero(missing)))


def _nearest(decimals: pa.Array) -> NDArray[np.float64]:
    """Give the floats nearest to decimals without nulls, as any reader of digits does; Arrow's cast may miss them.

    The quotient or product of two integers that floats hold is rounded once; what is beyond these is read as text.
    """
    words, scale = decimals.type.bit_width // 64, decimals.type.scale
    if words and len(decimals) and abs(scale) <= EXACT_SCALE:
        held = np.frombuffer(decimals.buffers()[1], np.int64)[decimals.offset * words :][: len(decimals) * words]
        low, above = held[::words], held.reshape(-1, words)[:, 1:]
        if np.min(low) >= -EXACT and np.max(low) <= EXACT and bool((above == (low >> 63)[:, None]).all()):
            whole, power = low.astype(np.float64), float(10 ** abs(scale))
            return whole * power if scale < 0 else whole / power
    found: NDArray[np.float64] = decimals.cast(pa.string()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found


def _microseconds(values: pa.Array) -> Ints:
    """Put dates, times and timestamps of any unit on one scale; what lies beyond it stays at its end."""
    unit = "D" if pa.types.is_date32(values.type) else "ms" if pa.types.is_date64(values.type) else values.type.unit
    width = pa.int32() if values.type.bit_width == 32 else pa.int64()
    ticks: Ints = values.view(width).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    if unit == "ns":
        return ticks // NANOSECONDS_EACH
    scale, limit = MICROSECONDS[unit], np.iinfo(np.int64).max
    return np.clip(ticks, -(limit // scale), limit // scale) * scale


def labels(values: pa.Array) -> Labels:
    """Give the distinct labels of a chunk of strings or bytes, and how often each occurs; those that do not, too."""
    values = plain(values)
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    indices = encoded.indices
    there = indices.drop_null() if indices.null_count else indices
    found = np.bincount(there.to_numpy(zero_copy_only=False), minlength=len(encoded.dictionary))
    names = _names(encoded.dictionary)
    present = [name for name in names if name is not None]
    nulls = indices.null_count
    if len(present) < len(names):
        empty = np.array([name is None for name in names])
        nulls, found = nulls + int(found[empty].sum()), found[~empty]
    return Labels(present, found.astype(np.int64, copy=False), nulls)


def unread(values: pa.Array) -> Unread:
    """Count a chunk without a look at its values."""
    if kind_of(values.type) is Kind.EMPTY:
        return Unread(0, len(values))
    return Unread(len(values) - values.null_count, values.null_count)


def _names(dictionary: pa.Array) -> list[str | None]:
    """Write categories as text; with a closer look only where some are long or not text."""
    names = bytes_of(dictionary)
    if max((len(name) for name in names if name is not None), default=0) <= LONGEST_LABEL:
        with suppress(UnicodeDecodeError):
            return [None if name is None else name.decode() for name in names]
    return [None if name is None else label(name) for name in names]


def bytes_of(values: pa.Array) -> list[bytes | None]:
    """Give strings or bytes as bytes; by a view of them where Arrow has one, since to cast loads its compute module."""
    values = plain(values)
    view = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(values.type)
    if view is not None:
        values = values.view(view)
    elif pa.types.is_string_view(values.type):
        values = values.cast(pa.large_binary())
    found: list[bytes | None] = values.to_pylist()
    return found


def label(name: bytes) -> str:
    """Write a category as text: bytes that are none are escaped, and a long one ends in its hash."""
    text = name.decode("utf-8", "backslashreplace")
    if len(text) <= LONGEST_LABEL:
        return text
    return f"{text[: LONGEST_LABEL - 33]}…{hashlib.sha256(name).hexdigest()[:32]}"
