"""Many values counted at knots without sorting them: in cells of equal width, and in order only where they must be.

A rule that never falls back as values grow puts both values and knots into cells, so how many lie in lower cells is a
sum of a histogram. Only those in a knot's own cell are sorted.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints, Numbers

CELLS, PART = 1 << 17, 1 << 17
TAIL, MOST_BESIDE = 1 << 9, 0.25
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ruler:
    """Cells of equal width from `low` on, the first and the last of them without end."""

    low: float
    scale: float
    cells: int

    @classmethod
    def between(cls, low: float, high: float, cells: int) -> Self | None:
        """Divide what lies between two numbers, or tell that floats cannot."""
        width = high - low
        scale = cells / width if 0 < width < math.inf else 0.0
        return cls(low, scale, cells) if 0 < scale < math.inf else None

    def place(self, values: Numbers, room: "Room | None" = None) -> Places:
        """Give the cell of each value, infinite ones too: of two values the greater is never in the lower cell."""
        room = Room.of(len(values)) if room is None else room
        at, places = room.at[: len(values)], room.places[: len(values)]
        with np.errstate(over="ignore"):
            np.subtract(values, self.low, out=at)
            np.multiply(at, self.scale, out=at)
        np.clip(at, 0, self.cells - 1, out=at)
        places[:] = at
        return places


class Room(NamedTuple):
    """Memory that is used again and again: to take it anew costs more than what is done in it."""

    at: NDArray[np.float64]
    places: Places

    @classmethod
    def of(cls, length: int) -> Self:
        """Make room for so many values."""
        return cls(np.empty(length), np.empty(length, np.intp))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The knots of a reference in their cells: `at` is the cell of each."""

    ruler: Ruler
    knots: Numbers
    at: Places
    has_knots: NDArray[np.bool_]

    @classmethod
    def of(cls, knots: Numbers, *, cells: int = CELLS) -> Self | None:
        """Lay out knots in cells between them, but for a few at either end; None where floats cannot."""
        finite = knots[np.isfinite(knots)]
        ends = finite[len(finite) // TAIL : len(finite) - len(finite) // TAIL]
        ruler = Ruler.between(float(ends[0]), float(ends[-1]), cells) if len(ends) else None
        if ruler is None:
            return None
        at = ruler.place(knots)
        return cls(ruler, knots, at, np.bincount(at, minlength=cells) > 0)

    def count(self, values: Numbers) -> Ints | None:
        """Count values of the knots' type below each knot and up to it, in two rows; None if it helps to sort them.

        That is where more than a quarter of some lie in cells with a knot: beyond its ends, for one.
        """
        found = np.zeros(self.ruler.cells, np.int64)
        room, beside = Room.of(min(PART, len(values))), []
        for start in range(0, len(values), PART):
            part = values[start : start + PART]
            places = self.ruler.place(part, room)
            near = np.flatnonzero(self.has_knots.take(places))
            if len(near) > MOST_BESIDE * len(part):
                return None
            found += np.bincount(places, minlength=self.ruler.cells)
            beside.append(part.take(near))
        found[self.has_knots] = 0
        ordered = np.sort(np.concatenate(beside))
        below = np.cumsum(found)[self.at]
        return np.stack([below + np.searchsorted(ordered, self.knots, side=side) for side in ("left", "right")])
