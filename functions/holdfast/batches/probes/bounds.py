"""How many values lie beyond a bound, at each side."""

import math
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, Numbers, kind_of, numbers
from holdfast.batches.kernel.probe import Probe

Bound = int | float | datetime | None
COMPARED = (Kind.NUMBER, Kind.TIME)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Outside(NamedTuple):
    """How many of n values lie below the lower bound, and above the upper one."""

    below: int = 0
    above: int = 0
    n: int = 0


def outside(
    column: str, minimum: Bound, maximum: Bound, *, is_open: tuple[bool, bool] = (False, False)
) -> Probe[Outside]:
    """Count the numbers, or times, of a column beyond bounds; an open bound lies outside itself."""

    def count(chunk: pa.Array) -> Outside:
        if kind_of(chunk.type) not in COMPARED:
            return Outside()
        values = numbers(chunk).numbers
        low, high = (as_stored(_ticks(bound), chunk.type) for bound in (minimum, maximum))
        below, above = _below(values, low, is_open[0]), _above(values, high, is_open[1])
        return Outside(below, above, len(values))

    identity = f"outside {column!r} {minimum!r} {maximum!r} {is_open}"
    return Probe(identity, (column,), Outside(), count, _added)


def as_stored(bound: int | float | None, data_type: pa.DataType) -> int | float | None:
    """Round a number to the precision of a type: 0.1 is in a column of float32 as it is written there."""
    data_type = data_type.value_type if pa.types.is_dictionary(data_type) else data_type
    short: Any = {pa.float32(): np.float32, pa.float16(): np.float16}.get(data_type)
    if bound is None or short is None:
        return bound
    with np.errstate(over="ignore"):
        rounded = float(short(bound))
    return rounded if math.isfinite(rounded) else bound


def ends_of(values: Numbers) -> tuple[int, int]:
    """Give the least and the greatest integer that an array of integers can hold."""
    return (0, 2**64 - 1) if values.dtype == np.uint64 else (-(2**63), 2**63 - 1)


def _added(one: Outside, other: Outside) -> Outside:
    return Outside(one.below + other.below, one.above + other.above, one.n + other.n)


def _ticks(bound: Bound) -> int | float | None:
    """Give a time on the scale of `numbers`: microseconds since 1970."""
    if not isinstance(bound, datetime):
        return bound
    since = bound - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _below(values: Numbers, bound: int | float | None, is_open: bool) -> int:
    """Count exactly, also where a float cannot tell two integers apart: integers meet an integer bound."""
    if bound is None or not len(values):
        return 0
    if values.dtype.kind == "f":
        return int(np.count_nonzero(values <= bound if is_open else values < bound))
    least = math.floor(bound) + 1 if is_open else math.ceil(bound)
    low, high = ends_of(values)
    if least <= low:
        return 0
    return len(values) if least > high else int(np.count_nonzero(values < values.dtype.type(least)))


def _above(values: Numbers, bound: int | float | None, is_open: bool) -> int:
    if bound is None or not len(values):
        return 0
    if values.dtype.kind == "f":
        return int(np.count_nonzero(values >= bound if is_open else values > bound))
    greatest = math.ceil(bound) - 1 if is_open else math.floor(bound)
    low, high = ends_of(values)
    if greatest >= high:
        return 0
    return len(values) if greatest < low else int(np.count_nonzero(values > values.dtype.type(greatest)))
