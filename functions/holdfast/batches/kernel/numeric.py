"""Numbers of a column as additive counts below and up to fixed knots.

A reference keeps its distinct values, or some of equal mass, as knots. A batch keeps only how many of its values lie
below each knot and up to it: sums over chunks, files and workers, and all that the exact distance of two distribution
functions needs. The least and the greatest value are always knots, so what lies outside of them is counted exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple, Self

import numpy as np

from holdfast.batches.kernel.cells import Cells
from holdfast.batches.kernel.columns import Ints, Numbers
from holdfast.batches.kernel.moments import Grid, Moments
from holdfast.batches.kernel.selection import Chunks, ranked, repeatable

SMALL_RANGE, DENSE = 1 << 18, 2
PLACES, PART, EXACT = 4, 1 << 16, 1 << 53
TAIL = 0.005
MANY = 1 << 16


class Tally(NamedTuple):
    """Values counted against a reference: at its knots, below and above every number, and their moments."""

    counts: Ints
    infinite: tuple[int, int]
    moments: Moments

    def joined(self, other: "Tally") -> "Tally":
        """Put two parts together."""
        low, high = self.infinite[0] + other.infinite[0], self.infinite[1] + other.infinite[1]
        return Tally(self.counts + other.counts, (low, high), self.moments + other.moments)


@dataclass(frozen=True, eq=False)
class Distribution:
    """A reference column: its knots, and how many of its values lie below each and up to it."""

    knots: Numbers
    below: Ints
    at_most: Ints

    @property
    def n(self) -> int:
        """Count its values."""
        return int(self.at_most[-1]) if len(self.at_most) else 0

    @property
    def resolution(self) -> float:
        """Give the most that a distance to it can be understated: its largest share between two knots, 0 if all are."""
        gaps = self.below[1:] - self.at_most[:-1]
        return int(np.max(gaps)) / self.n if len(gaps) else 0.0

    @property
    def infinite(self) -> tuple[int, int]:
        """Count its infinities below and above every number."""
        low, high = _finite(self.knots)
        return (int(self.at_most[0]) if low else 0), (self.n - int(self.below[-1]) if high < len(self.knots) else 0)

    @cached_property
    def grid(self) -> Grid:
        """Give the grid on which moments are taken: fixed by the knots, so one for every part of every batch."""
        finite = np.flatnonzero(np.isfinite(self.knots))
        if not len(finite):
            return Grid()
        at = np.searchsorted(self.at_most, [TAIL * self.n, self.n / 2, (1 - TAIL) * self.n], side="left")
        low, centre, high = (self.knots[min(max(place, finite[0]), finite[-1])].item() for place in at)
        return Grid.of(low, centre, high)

    @cached_property
    def decimals(self) -> float | None:
        """Give the power of ten that makes whole numbers of floats that were rounded to a few places, if they were."""
        if self.knots.dtype.kind != "f" or not len(self.knots):
            return None
        return next(
            (10.0**places for places in range(PLACES + 1) if _wholes(self.knots, 10.0**places) is not None), None
        )

    @cached_property
    def cells(self) -> Cells | None:
        """Give the cells in which many values are counted, unless most of the reference's values are knots."""
        return Cells.of(self.knots) if 4 * np.sum(self.at_most - self.below) < self.n else None

    @cached_property
    def fingerprint(self) -> str:
        """Name what is counted against, so that only counts of the same are added."""
        parts = [self.knots.dtype.str.encode(), self.knots, self.below, self.at_most]
        return blake2b(b"".join(map(bytes, parts)), digest_size=16).hexdigest()

    @classmethod
    def of(cls, chunks: Chunks | Iterable[Numbers], *, knots: int | None) -> Self:
        """Take a distribution of values without NaN, at all its values or at so many knots of equal mass.

        Chunks that can be asked for again, as a function, are never held together: a large column is gone over a few
        times instead. What comes out is the same.
        """
        return cls.measured(chunks, knots=knots)[0]

    @classmethod
    def measured(cls, chunks: Chunks | Iterable[Numbers], *, knots: int | None) -> tuple[Self, Tally]:
        """Take a distribution, and count its own values against it."""
        again = repeatable(chunks)
        found = ranked(again, knots)
        taken = cls(found.values, found.below, found.at_most)
        if not taken.resolution:
            return taken, taken._own(taken.knots, taken.at_most - taken.below)
        if found.held is not None:
            return taken, taken._own(found.held)
        infinite, moments = taken.infinite, Moments(grid=taken.grid)
        for chunk in again():
            moments = moments + taken.moments_of(chunk)
        return taken, Tally(np.stack([taken.below, taken.at_most]), infinite, moments)

    def _own(self, ordered: Numbers, counts: Ints | None = None) -> Tally:
        return self._tallied(np.stack([self.below, self.at_most]), ordered, counts)

    def nothing(self) -> Ints:
        """Give the counts of no values."""
        return np.zeros((2, len(self.knots)), np.int64)

    def nothing_tallied(self) -> Tally:
        """Give the tally of no values."""
        return Tally(self.nothing(), (0, 0), Moments(grid=self.grid))

    def count(self, values: Numbers) -> Ints:
        """Count values below each knot and up to it, in two rows; values of another type as floats."""
        return self.tally(values).counts

    def tally(self, values: Numbers) -> Tally:
        """Count values at the knots and take their moments; values of another type as floats, but for the ends."""
        if not len(values):
            return self.nothing_tallied()
        knots, ends = self.knots, None
        if values.dtype != knots.dtype:
            ends = None if values.dtype.kind == "f" else (int(np.min(values)), int(np.max(values)))
            values, knots = values.astype(np.float64), knots.astype(np.float64)
        if values.dtype.kind != "f":
            low, high = int(np.min(values)), int(np.max(values))
            if high - low < min(SMALL_RANGE, DENSE * len(values)):
                return self._tallied(*_counted_by_value(knots, values, low, high))
        tally = None
        if knots is self.knots:
            tally = self._tally_of_rounded(values) or (self._tally_of_many(values) if len(values) >= MANY else None)
        if tally is None:
            tally = self._tallied(*_counted_by_order(knots, values))
        return tally if ends is None else tally._replace(moments=tally.moments.between(*ends))

    def moments_of(self, values: Numbers) -> Moments:
        """Take the moments of what is finite among values in any order; only those that lie far off are sorted."""
        if values.dtype != self.knots.dtype:
            return self.tally(values).moments
        found = Moments(grid=self.grid)
        for start in range(0, len(values), MANY):
            found = found + Moments.of_any(self.grid, values[start : start + MANY])
        return found

    def _tally_of_rounded(self, values: Numbers) -> Tally | None:
        """Tally floats rounded like the reference's, by the whole numbers that they are so many places on."""
        scale = self.decimals
        wholes = None if scale is None else _wholes(values, scale)
        if scale is None or wholes is None:
            return None
        low, high = int(np.min(wholes)), int(np.max(wholes))
        if high - low >= min(SMALL_RANGE, DENSE * len(wholes)):
            return None
        knots = np.rint(self.knots * scale).astype(np.int64)
        counts, distinct, often = _counted_by_value(knots, wholes, low, high)
        return self._tallied(counts, distinct.astype(np.float64) / scale, often)

    def _tally_of_many(self, values: Numbers) -> Tally | None:
        """Tally values that need not be sorted for it, if they are such."""
        counts = None if self.cells is None else self.cells.count(values)
        if counts is None:
            return None
        moments, infinite = self.moments_of(values), (0, 0)
        if moments.n < len(values):
            infinite = int(np.count_nonzero(values == -np.inf)), int(np.count_nonzero(values == np.inf))
        return Tally(counts, infinite, moments)

    def _tallied(self, counts: Ints, ordered: Numbers, times: Ints | None = None) -> Tally:
        """Take the moments of what is finite among values in order, and count what is not."""
        low, high = _finite(ordered)
        infinite = ordered[:low], ordered[high:]
        sizes = [len(part) for part in infinite]
        if times is not None:
            sizes = [int(times[:low].sum()), int(times[high:].sum())]
            times = times[low:high]
        return Tally(counts, (sizes[0], sizes[1]), Moments.of(self.grid, ordered[low:high], times))


def _finite(ordered: Numbers) -> tuple[int, int]:
    """Give where the finite ones of values in order begin and end."""
    if ordered.dtype.kind != "f" or not len(ordered):
        return 0, len(ordered)
    low = int(np.searchsorted(ordered, -np.inf, side="right")) if ordered[0] == -np.inf else 0
    high = int(np.searchsorted(ordered, np.inf, side="left")) if ordered[-1] == np.inf else len(ordered)
    return low, high


def _wholes(values: Numbers, scale: float) -> Ints | None:
    """Give the whole numbers that are these floats times a power of ten, if each float is exactly such a quotient."""
    wholes = np.empty(len(values), np.int64)
    for start in range(0, len(values), PART):
        part = values[start : start + PART]
        with np.errstate(over="ignore"):
            found = np.rint(part * scale)
        if not np.array_equal(found / scale, part) or np.max(np.abs(found)) > EXACT:
            return None
        wholes[start : start + PART] = found
    return wholes


def _counted_by_value(knots: Numbers, values: Numbers, low: int, high: int) -> tuple[Ints, Numbers, Ints]:
    """Count integers of a small range without sorting them; give the distinct ones, too, and how often each occurs."""
    start = values.dtype.type(low)
    found = np.bincount((values - start).view(np.int64), minlength=high - low + 1)
    there = np.flatnonzero(found)
    distinct: Numbers = (there.astype(values.dtype) + start).astype(values.dtype, copy=False)
    often: Ints = found[there].astype(np.int64, copy=False)
    if not len(knots):
        return np.zeros((2, 0), np.int64), distinct, often
    up_to = np.concatenate([np.zeros(1, np.int64), np.cumsum(found)])
    first, last = knots.dtype.type(low), knots.dtype.type(high)
    place = (np.clip(knots, first, last) - first).view(np.int64)
    below = np.where(knots > last, len(values), up_to[place])
    return np.stack([below, np.where(knots < first, 0, up_to[place + 1])]), distinct, often


def _counted_by_order(knots: Numbers, values: Numbers) -> tuple[Ints, Numbers]:
    """Sort the chunk, then look the few knots up in it: faster than to look each value up among the knots."""
    ordered = np.sort(values)
    at_most = np.searchsorted(ordered, knots, side="right").astype(np.int64, copy=False)
    below = at_most.copy()
    present = np.flatnonzero(ordered[np.maximum(at_most - 1, 0)] == knots)
    below[present] = np.searchsorted(ordered, knots[present], side="left")
    return np.stack([below, at_most]), ordered
