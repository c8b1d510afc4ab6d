"""Numbers of a column as additive counts below and up to fixed knots.

A reference keeps its distinct values, or some of equal mass, as knots. A batch keeps only how many of its values lie
below each knot and up to it: sums over chunks, files and workers, and all that the exact distance of two distribution
functions needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from holdfast.batches.kernel.columns import Ints, Numbers

SMALL_RANGE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """A reference column: its knots, and how many of its values lie below each and up to it."""

    knots: Numbers
    below: Ints
    at_most: Ints

    @property
    def n(self) -> int:
        """Count its values."""
        return int(self.at_most[-1]) if len(self.at_most) else 0

    @classmethod
    def of(cls, chunks: Iterable[Numbers], *, knots: int | None) -> Self:
        """Take a distribution of values without NaN, at all its values or at so many knots of equal mass."""
        values, at_most = _distinct(list(chunks))
        if knots is not None and len(values) > knots:
            ranks = np.linspace(1, at_most[-1], knots)
            kept = np.unique(np.searchsorted(at_most, ranks, side="left"))
        else:
            kept = np.arange(len(values))
        below = np.concatenate([np.zeros(1, np.int64), at_most[:-1]])[: len(at_most)]
        return cls(values[kept], below[kept], at_most[kept])

    def nothing(self) -> Ints:
        """Give the counts of no values."""
        return np.zeros((2, len(self.knots)), np.int64)

    def count(self, values: Numbers) -> Ints:
        """Count values below each knot and up to it, in two rows; values of another type as floats."""
        if not len(values) or not len(self.knots):
            return self.nothing()
        knots = self.knots
        if values.dtype != knots.dtype:
            values, knots = values.astype(np.float64), knots.astype(np.float64)
        if values.dtype.kind != "f":
            low, high = int(np.min(values)), int(np.max(values))
            if high - low < SMALL_RANGE:
                return _counted_by_value(knots, values, low, high)
        return _counted_by_order(knots, values)


def _distinct(chunks: list[Numbers]) -> tuple[Numbers, Ints]:
    """Give the distinct values in order, and how many values lie up to each; zero has one sign."""
    if not chunks:
        return np.zeros(0, np.float64), np.zeros(0, np.int64)
    ordered = np.sort(np.concatenate(chunks))
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], np.ones(min(1, len(ordered)), bool)))
    values = ordered[last]
    values[values == 0] = 0
    return values, (last + 1).astype(np.int64, copy=False)


def _counted_by_value(knots: Numbers, values: Numbers, low: int, high: int) -> Ints:
    """Count integers of a small range without sorting them."""
    offsets = (values - values.dtype.type(low)).astype(np.int64, copy=False)
    up_to = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(offsets, minlength=high - low + 1))])
    first, last = knots.dtype.type(low), knots.dtype.type(high)
    place = (np.clip(knots, first, last) - first).astype(np.int64)
    return np.stack([np.where(knots > last, len(values), up_to[place]), np.where(knots < first, 0, up_to[place + 1])])


def _counted_by_order(knots: Numbers, values: Numbers) -> Ints:
    """Sort the chunk, then look the few knots up in it: faster than to look each value up among the knots."""
    ordered = np.sort(values)
    at_most = np.searchsorted(ordered, knots, side="right").astype(np.int64, copy=False)
    below = at_most.copy()
    present = np.flatnonzero(ordered[np.maximum(at_most - 1, 0)] == knots)
    below[present] = np.searchsorted(ordered, knots[present], side="left")
    return np.stack([below, at_most])
