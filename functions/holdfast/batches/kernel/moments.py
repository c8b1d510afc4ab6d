"""Moments of a column's finite values, exactly additive: the same bits whatever the split.

Every value is put on a grid that the reference fixes: a centre, and steps that are powers of two. There values are
integers, in blocks so short that float64 holds their sums and sums of squares exactly; integers have no order of
summation. Far from the centre the steps grow, so that no value is too large.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints, Numbers
from holdfast.shared.errors import ContractError

Number = int | float
Floats = NDArray[np.float64]
REACH_BITS, HALF_BITS, LEVEL_BITS = 39, 20, 8
HEADROOM_BITS = 2
ROUNDER = 1.5 * 2.0 ** (52 + HALF_BITS)
SPAN = 1 << 14  # SPAN * 2 ** REACH_BITS <= 2 ** 53: no sum of so many steps is rounded
BLOCK = 1 << 13  # BLOCK * 2 ** (2 * HALF_BITS) <= 2 ** 53, as for squares of halves; too short for BLAS to use threads
LOWEST, BEYOND = -900, 1024
FEW = 1 << 22
ROOT_BITS = 128


@dataclass(frozen=True, slots=True)
class Grid:
    """Where values are put: on steps of 2**`exponent` from `centre`, and beyond 2**39 steps on coarser ones.

    Each value moves by half a step at most; beyond the reach of the steps, by less than 2**-31 of its distance.
    """

    centre: Number = 0
    exponent: int = -REACH_BITS

    @classmethod
    def of(cls, low: Number, centre: Number, high: Number) -> Self:
        """Make the grid of values that mostly lie between two: 2**36 steps or more to the farther one."""
        spread = float(max(centre - low, high - centre)) or abs(float(centre)) or 1.0
        return cls(centre, max(LOWEST, _bits(spread) + HEADROOM_BITS - REACH_BITS))

    def sums(self, ordered: Numbers, counts: Ints | None = None) -> tuple[int, int]:
        """Add up the steps of finite values in order, and their squares; `counts` says how often each stands there."""
        first = second = 0
        for low, high, exponent in self._levels(ordered):
            weights = None if counts is None else counts[low:high]
            one, two = self._summed(ordered[low:high], exponent, weights)
            up = exponent - self.exponent
            first, second = first + (one << up), second + (two << 2 * up)
        return first, second

    def reach(self, kind: "np.dtype[Any]") -> tuple[Any, Any] | None:
        """Give the least and the greatest number of a type that the finest steps reach, if they reach any."""
        least, most = (_held(end, kind) for end in self._reach(self.exponent))
        return None if np.isinf(least) or np.isinf(most) else (least, most)  # near the largest float steps grow at once

    def near_sums(self, values: Numbers) -> tuple[int, int]:
        """Add up the steps of values that the finest reach, in any order, and their squares."""
        return self._summed(values, self.exponent)

    def _levels(self, ordered: Numbers) -> Iterator[tuple[int, int, int]]:
        """Cut values in order where the steps grow, going out from the centre."""
        low = high = int(np.searchsorted(ordered, _held(self.centre, ordered.dtype)))
        exponent = self.exponent
        while low > 0 or high < len(ordered):
            least, most = self._reach(exponent)
            exponent = exponent if most < math.inf else max(exponent, BEYOND + 1 - REACH_BITS)
            inner, outer = low, high
            low = min(low, int(np.searchsorted(ordered, _held(least, ordered.dtype), side="left")))
            high = max(high, int(np.searchsorted(ordered, _held(most, ordered.dtype), side="right")))
            if exponent == self.exponent:
                yield low, high, exponent
            else:
                yield from ((a, b, exponent) for a, b in ((low, inner), (outer, high)) if a < b)
            exponent += LEVEL_BITS

    def _reach(self, exponent: int) -> tuple[Number, Number]:
        bits = exponent + REACH_BITS
        if bits >= BEYOND:
            return -math.inf, math.inf
        whole = isinstance(self.centre, int)
        reach: Number = (1 << bits if bits >= 0 else 0) if whole else math.ldexp(1.0, bits)
        return self.centre - reach, self.centre + reach

    def _summed(self, values: Numbers, exponent: int, counts: Ints | None = None) -> tuple[int, int]:
        """Add up values as whole steps from the centre, and their squares."""
        room = np.empty((2, min(SPAN, len(values))))
        scale = math.ldexp(1.0, -exponent)
        exact = values.dtype.kind != "f" and exponent + REACH_BITS < 62
        shift = 0.0 if exact else float(self.centre) * scale
        first = second = 0
        for start in range(0, len(values), SPAN):
            span = values[start : start + SPAN]
            if exact:  # the difference fits in 64 bits, though the value may not fit in a float
                span = (span - span.dtype.type(self.centre)).view(np.int64)
            steps, high = room[:, : len(span)]
            np.multiply(span, scale, steps)
            np.subtract(steps, shift, steps)
            np.rint(steps, steps)
            weights = None if counts is None else counts[start : start + SPAN]
            one, two = _sums(steps, high) if weights is None else _weighted(steps, weights)
            first, second = first + one, second + two
        return first, second


def _bits(value: float) -> int:
    """Give the exponent of the smallest power of two that is not below a value."""
    part, exponent = math.frexp(min(value, math.ldexp(1.0, 1023)))
    return exponent - (part == 0.5)


def _held(value: Number, kind: "np.dtype[Any]") -> Any:
    """Write a value in a type, or as the nearest end of that type."""
    if kind.kind == "f":
        return np.float64(value)
    limits: Any = np.iinfo(kind.type)
    return kind.type(min(max(value, limits.min), limits.max))


def _sums(steps: Floats, high: Floats) -> tuple[int, int]:
    """Add up whole numbers and their squares, split in halves so that every sum is exact; `steps` and `high` are lost.

    To add and take away a number so large that its last bit is the lowest of the upper half rounds to that half.
    """
    first, second = int(steps.sum()), 0
    np.add(steps, ROUNDER, high)
    np.subtract(high, ROUNDER, high)
    low = np.subtract(steps, high, steps)
    for start in range(0, len(low), BLOCK):
        more, less = high[start : start + BLOCK], low[start : start + BLOCK]
        second += int(np.dot(more, more)) + 2 * int(np.dot(more, less)) + int(np.dot(less, less))
    return first, second


def _weighted(steps: Floats, counts: Ints) -> tuple[int, int]:
    """Do the same with whole numbers that stand there several times, in Python's integers if very many times."""
    kind: Any = np.int64 if int(counts.sum()) < FEW else object
    whole, weights = steps.astype(np.int64), counts.astype(kind)
    more, less = (half.astype(kind) for half in (whole >> HALF_BITS, whole & (1 << HALF_BITS) - 1))
    squares = [int((square * weights).sum()) for square in (more * more, more * less, less * less)]
    second = (squares[0] << 2 * HALF_BITS) + (squares[1] << HALF_BITS + 1) + squares[2]
    return int((whole.astype(kind) * weights).sum()), second


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, ends and sums of finite values; parts add up to the same bits whatever the split.

    `n`, `minimum` and `maximum` are exact, integers of 64 bits too. `first` and `second` are the sums of the values'
    steps from the grid's centre, and of their squares.
    """

    n: int = 0
    minimum: Number | None = None
    maximum: Number | None = None
    grid: Grid = Grid()
    first: int = 0
    second: int = 0

    @classmethod
    def of(cls, grid: Grid, ordered: Numbers, counts: Ints | None = None) -> Self:
        """Take the moments of finite values in order, or of distinct ones with their counts."""
        if not len(ordered):
            return cls(grid=grid)
        n = len(ordered) if counts is None else int(counts.sum())
        return cls(n, _plain(ordered[0]), _plain(ordered[-1]), grid, *grid.sums(ordered, counts))

    @classmethod
    def of_any(cls, grid: Grid, values: Numbers) -> "Moments":
        """Take the moments of one value or more in any order, infinite ones aside; only what lies far off is sorted."""
        low, high, reach = np.min(values), np.max(values), grid.reach(values.dtype)
        if reach is not None and low >= reach[0] and high <= reach[1]:
            return cls(len(values), _plain(low), _plain(high), grid, *grid.near_sums(values))
        is_near = (values >= reach[0]) & (values <= reach[1]) if reach is not None else np.zeros(len(values), bool)
        far, near = values[~is_near & np.isfinite(values)], values[is_near]
        found = cls.of(grid, np.sort(far))
        return found + cls.of_any(grid, near) if len(near) else found

    @property
    def mean(self) -> float | None:
        """Give the mean, None without values.

        Exact for integers within 2**39 of the centre. Otherwise off by half a step of the grid at most, that is by
        2**-37 of the distance within which 99 in 100 values of the reference lie, and typically by far less; values
        beyond the grid's reach add 2**-31 of their own distance. Integers against a reference of another type are
        rounded to floats first.
        """
        if self.minimum is None or self.maximum is None:
            return None
        found = Fraction(self.grid.centre) + _scaled(self.grid.exponent) * Fraction(self.first, self.n)
        return float(min(max(found, Fraction(self.minimum)), Fraction(self.maximum)))

    @property
    def deviation(self) -> float | None:
        """Give the standard deviation of these very values (the root of the mean square), as exact as the mean."""
        if self.minimum is None or self.maximum is None:
            return None
        square = (self.n * self.second - self.first**2) << (2 * ROOT_BITS)
        found = Fraction(math.isqrt(square), self.n << ROOT_BITS) * _scaled(self.grid.exponent)
        return float(min(found, (Fraction(self.maximum) - Fraction(self.minimum)) / 2))

    def between(self, minimum: Number, maximum: Number) -> "Moments":
        """Take these ends, of the values as they were before they became floats."""
        return replace(self, minimum=minimum, maximum=maximum)

    def __add__(self, other: "Moments") -> "Moments":
        """Put two parts together; raises `ContractError` if they are on different grids."""
        if self.grid != other.grid:
            raise ContractError(f"moments on {other.grid} cannot be added to moments on {self.grid}")
        return Moments(
            self.n + other.n,
            _end(min, self.minimum, other.minimum),
            _end(max, self.maximum, other.maximum),
            self.grid,
            self.first + other.first,
            self.second + other.second,
        )


def _plain(value: Any) -> Number:
    """Give Python's number; zero has one sign."""
    number: Number = value.item()
    return number or abs(number)


def _scaled(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def _end(choose: Any, one: Number | None, other: Number | None) -> Number | None:
    """Choose between two ends; of an integer and a float that are equal, the integer."""
    if one is None or other is None:
        return other if one is None else one
    if one == other:
        return one if isinstance(one, int) else other
    return choose(one, other)  # type: ignore[no-any-return]
