"""A 64-bit hash for each row of one or several columns: equal values, equal hashes, whatever Arrow type holds them.

Words are mixed by the finaliser of SplitMix64 (Steele, Lea, Flood 2014), a bijection, so integers never collide; text
by multilinear hashing (Lemire, Kaser 2014) over random 64-bit weights, one for each byte. The weights are fixed, as two
parts of a batch must agree: who wants a collision can make one. Decimals are equal among themselves only.
"""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Kind, kind_of

Hashes = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
LONGEST = 4_096
BLOCK = 1 << 20
MISSING = np.uint64(0x6A09E667F3BCC909)
FRACTION = np.uint64(0xBB67AE8584CAA73B)
UNSIGNED = np.uint64(0x3C6EF372FE94F82B)
SCALE = 38
TICKS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
DAY = 86_400 * TICKS["s"]


def mixed(words: Hashes) -> Hashes:
    """Spread words over all 64 bits; a bijection."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


WEIGHTS = mixed(GOLDEN * np.arange(1, LONGEST + 2, dtype=np.uint64)) | np.uint64(1)


def is_hashable(data_type: pa.DataType) -> bool:
    """Tell whether values of a type are told apart here."""
    return kind_of(data_type) is not Kind.NESTED


def hashed(values: pa.Array) -> tuple[Hashes, NDArray[np.bool_]]:
    """Hash each row, and tell where there is a value: neither null nor not a number."""
    values = values.storage if isinstance(values, pa.ExtensionArray) else values
    if pa.types.is_null(values.type):
        return np.full(len(values), MISSING), np.zeros(len(values), np.bool_)
    if pa.types.is_dictionary(values.type):
        return _looked_up(values)
    if kind_of(values.type) is Kind.CATEGORY:
        return _spread(_bytes(values), _texts)
    if pa.types.is_decimal(values.type):
        return _spread(_one_scale(values), _decimals)
    return _spread(values, _words)


def rows_hashed(columns: Sequence[pa.Array]) -> Hashes:
    """Hash rows of several columns; to lack a value is a value like any other."""
    found = np.zeros(len(columns[0]), np.uint64)
    for values in columns:
        found = mixed(found * GOLDEN + hashed(values)[0])
    return found


def _looked_up(values: pa.DictionaryArray) -> tuple[Hashes, NDArray[np.bool_]]:
    """Hash the dictionary alone and look each row up in it; null may be an index or a value."""
    names = values.dictionary
    hashes, present = _spread(_bytes(names), _texts) if kind_of(names.type) is Kind.CATEGORY else hashed(names)
    at = values.indices.cast(pa.int64()).fill_null(len(names)).to_numpy(zero_copy_only=False)
    return np.append(hashes, MISSING)[at], np.append(present, np.False_)[at]


def _spread(values: pa.Array, hashes: Any) -> tuple[Hashes, NDArray[np.bool_]]:
    """Hash what is not null, and put it back in its rows."""
    if not values.null_count:
        found = hashes(values)
        return found, found != MISSING
    there = values.is_valid().to_numpy(zero_copy_only=False)
    found = np.full(len(values), MISSING)
    found[there] = hashes(values.drop_null())
    return found, found != MISSING


def _words(values: pa.Array) -> Hashes:
    """Hash numbers and times: whole floats as the integers they are, NaN as missing."""
    if pa.types.is_temporal(values.type):
        return mixed(_nanoseconds(values))
    found: NDArray[Any] = values.to_numpy(zero_copy_only=False)
    if found.dtype.kind == "f":
        return _floats(found.astype(np.float64, copy=False))
    if found.dtype == np.uint64:
        return np.where(found >> np.uint64(63), mixed(found ^ UNSIGNED), mixed(found))
    return mixed(found.astype(np.int64, copy=False).view(np.uint64))


def _one_scale(values: pa.Array) -> pa.Array:
    """Write decimals with as many digits behind the point, if there is room: 1.0 is 1.00."""
    known = values.type
    fits = known.precision - known.scale <= SCALE and 0 <= known.scale <= SCALE
    return values.cast(pa.decimal256(2 * SCALE, SCALE) if fits else pa.decimal256(76, known.scale))


def _decimals(values: pa.Array) -> Hashes:
    """Hash the four words of each."""
    words = np.frombuffer(values.buffers()[1], np.uint64).reshape(-1, 4)[values.offset : values.offset + len(values)]
    found = np.zeros(len(words), np.uint64)
    for word in words.T:
        found = mixed(found * GOLDEN + word)
    return found


def _floats(found: NDArray[np.float64]) -> Hashes:
    whole = (found >= -(2.0**63)) & (found < 2.0**63)
    whole[whole] = found[whole] == np.trunc(found[whole])
    words = found.view(np.uint64) ^ FRACTION
    words[whole] = found[whole].astype(np.int64).view(np.uint64)
    large = (found >= 2.0**63) & (found < 2.0**64)
    words[large] = found[large].astype(np.uint64) ^ UNSIGNED
    return np.where(np.isnan(found), MISSING, mixed(words))


def _nanoseconds(values: pa.Array) -> Hashes:
    """Put dates and times of any unit on one scale, which wraps around far from now."""
    width = pa.int32() if values.type.bit_width == 32 else pa.int64()
    ticks = values.view(width).to_numpy(zero_copy_only=False).astype(np.int64, copy=False).view(np.uint64)
    each = DAY if pa.types.is_date32(values.type) else TICKS[getattr(values.type, "unit", "ms")]
    found: Hashes = ticks * np.uint64(each)
    return found


def _bytes(values: pa.Array) -> pa.Array:
    fixed = pa.types.is_fixed_size_binary(values.type)
    return (values.cast(pa.binary()) if fixed else values).cast(pa.large_binary())


def _texts(values: pa.Array) -> Hashes:
    """Hash text or bytes, a block of about a million bytes at a time."""
    if not len(values):
        return np.zeros(0, np.uint64)
    buffers = values.buffers()
    ends = np.frombuffer(buffers[1], np.int64)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(buffers[2] or b"", np.uint8)
    found = np.empty(len(values), np.uint64)
    start = 0
    while start < len(values):
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] + BLOCK, side="right")) - 1)
        found[start:stop] = _block(data, ends[start : stop + 1])
        start = stop
    return found


def _block(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> Hashes:
    lengths = np.diff(ends)
    if lengths.max() > LONGEST:
        return np.array([_long(data[start:end]) for start, end in pairwise(ends)], np.uint64)
    held = np.flatnonzero(lengths)
    sums = lengths.astype(np.uint64) * WEIGHTS[-1]
    if len(held):
        starts = ends[held] - ends[0]
        place = np.arange(ends[-1] - ends[0]) - np.repeat(starts, lengths[held])
        products = (data[ends[0] : ends[-1]].astype(np.uint64) + np.uint64(1)) * WEIGHTS[place]
        sums[held] += np.add.reduceat(products, starts)
    return mixed(sums + GOLDEN)


def _long(text: NDArray[np.uint8]) -> int:
    """Hash one text beside long ones; a short one must come out as it does in any other block."""
    if len(text) > LONGEST:
        return int.from_bytes(hashlib.blake2b(text.tobytes(), digest_size=8).digest(), "little")
    return int(_block(text, np.array([0, len(text)]))[0])
