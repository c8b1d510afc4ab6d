"""A sample of rows as small codes: what tells of two columns at once, where counts of one alone cannot.

One of every so many rows of a batch is kept, wherever its files begin and end, and each value written as a byte
against the reference: a number as its rank there, a category as its place among the most frequent ones. What is made of
the codes adds up over files and workers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints, Kind, Numbers, bytes_of, kind_of, label, numbers, plain
from holdfast.batches.kernel.numeric import Distribution

Codes = NDArray[np.uint8]
Places = NDArray[np.intp]
MOST_ROWS = 1 << 15
SCORES = 254
OTHER = 253
MISSING = 255
CELLS = 1 << 13


class ReferenceColumn(Protocol):
    """What is asked of a column of the reference: its kind, and how its values are spread."""

    @property
    def type(self) -> str:
        """Name its type."""

    @property
    def kind(self) -> Kind:
        """Say what its values are to us."""

    @property
    def values(self) -> Distribution | Categories | None:
        """Say how they are spread."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which rows of a part are in the sample: one of each block of `every` rows of the whole that it belongs to.

    So it is a sample of the whole, at most 32,768 rows and at least half as many if there are, however that was cut.
    Where in its block a row is drawn hangs on the block's number alone: rows in a rotation, sensor after sensor, are
    met alike.
    """

    every: int
    before: int = 0

    @classmethod
    def of(cls, whole: int, *, before: int = 0) -> Self:
        """Sample a whole of so many rows, or the part of it that has so many rows `before` it."""
        return cls(max(1, -(-whole // MOST_ROWS)), before)

    def places(self, start: int, stop: int) -> Places:
        """Give which of these rows of the part are in the sample, counted from `start`."""
        return _drawn(self.every, self.before + start, self.before + stop)

    def count(self, rows: int) -> int:
        """Count what is kept of a part of so many rows."""
        return len(self.places(0, rows))


@lru_cache(maxsize=16)
def _drawn(every: int, start: int, stop: int) -> Places:
    """Draw a row of each block by the output function of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    blocks = np.arange(start // every, -(-stop // every), dtype=np.uint64)
    mixed = (blocks + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    rows = (blocks * np.uint64(every) + (mixed ^ (mixed >> np.uint64(31))) % np.uint64(every)).astype(np.intp)
    return rows[(rows >= start) & (rows < stop)] - start


def _decoded(values: pa.Array) -> pa.Array:
    values = plain(values)
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


@dataclass(frozen=True, eq=False)
class Coder:
    """Writes the values of one column as bytes against its reference; the same value is always the same byte.

    Numbers and times become 0 to 253 by their mid-rank in the reference, ties alike, values outside at the ends.
    Categories become 0 to 252, the most frequent first, and 253 for any other. 255 is a missing value, and any value
    of another kind than the reference's.
    """

    kind: Kind
    values: Distribution | Categories | None

    @classmethod
    def of(cls, column: ReferenceColumn) -> Self:
        """Make the coder of a column of the reference."""
        return cls(column.kind, column.values)

    def codes(self, values: pa.Array) -> Codes:
        """Write one byte for each value."""
        found = np.full(len(values), MISSING, np.uint8)
        kind = kind_of(values.type)
        if kind is not self.kind or kind is Kind.EMPTY:
            return found
        if isinstance(self.values, Distribution):
            self._score(values, found)
        elif isinstance(self.values, Categories):
            self._place(values, found)
        else:
            found[_present(values)] = OTHER
        return found

    def scores(self, values: Numbers) -> Codes:
        """Score numbers of the reference's type, or any as floats; without NaN."""
        scale = self._scale
        if values.dtype != scale.edges.dtype:
            values, scale = values.astype(np.float64), self._float_scale
        return scale.scores(values)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Give the most frequent categories of the reference in the order of their codes; ties by name."""
        if not isinstance(self.values, Categories) or self.values.labels is None:
            return ()
        order = np.argsort(-self.values.counts, kind="stable")[:OTHER]
        return tuple(self.values.labels[place] for place in order)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.labels)}

    @cached_property
    def _scale(self) -> "_Scale":
        return _Scale.of(self.values, as_floats=False)

    @cached_property
    def _float_scale(self) -> "_Scale":
        return _Scale.of(self.values, as_floats=True)

    def _score(self, values: pa.Array, found: Codes) -> None:
        part = numbers(values)
        scores = self.scores(part.numbers)
        if part.n == len(found):
            found[:] = scores
        else:
            found[_present(values)] = scores

    def _place(self, values: pa.Array, found: Codes) -> None:
        values = _decoded(values) if len(values) < _dictionary_size(values) else plain(values)
        encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        codes = np.array([self._code(name) for name in bytes_of(encoded.dictionary)] or [MISSING], np.uint8)
        indices, there = encoded.indices, slice(None)
        if indices.null_count:
            there = indices.is_valid().to_numpy(zero_copy_only=False)
            indices = indices.drop_null()
        found[there] = codes[indices.to_numpy(zero_copy_only=False)]

    def _code(self, name: bytes | None) -> int:
        return MISSING if name is None else self._places.get(label(name), OTHER)


def _dictionary_size(values: pa.Array) -> int:
    values = values.storage if isinstance(values, pa.ExtensionArray) else values
    return len(values.dictionary) if pa.types.is_dictionary(values.type) else 0


def _present(values: pa.Array) -> NDArray[np.bool_]:
    values = _decoded(values)
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    missing: NDArray[np.bool_] = values.is_null(nan_is_null=True).to_numpy(zero_copy_only=False)
    return ~missing


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    """The values at which the score rises, and a table of cells that says where among them to look.

    `edges[i]` is the smallest value with `steps[i + 1]`. Values and edges are put into cells by one rule that never
    falls back as they grow, so only the edges in a value's own cell are open: two are tried, and where there are more
    the value is searched for.
    """

    edges: Numbers
    steps: Codes
    low: float
    scale: float
    passed: NDArray[np.intp]
    first: Numbers
    second: Numbers
    crowded: NDArray[np.bool_]

    @classmethod
    def of(cls, values: Distribution | Categories | None, *, as_floats: bool) -> Self:
        """Find where the score of a value rises: at a knot, or right behind it; what is no number has none."""
        known = values if isinstance(values, Distribution) else Distribution.of([], knots=None)
        edges, steps = _steps(known, known.knots.astype(np.float64) if as_floats else known.knots)
        finite = edges[np.isfinite(edges)].astype(np.float64)
        low, high = (float(finite[0]), float(finite[-1])) if len(finite) else (0.0, 0.0)
        with np.errstate(all="ignore"):
            scale = float(np.float64(CELLS) / (np.float64(high) - np.float64(low)))
        scale = scale if 0 < scale < float("inf") else 0.0
        at = _cells(edges, low, scale)
        passed = np.searchsorted(at, np.arange(CELLS), side="left")
        first, second = (edges.take(passed + ahead, mode="clip") if len(edges) else edges for ahead in (0, 1))
        return cls(edges, steps, low, scale, passed, first, second, np.bincount(at, minlength=CELLS) > 2)

    def scores(self, values: Numbers) -> Codes:
        """Score values of the knots' type."""
        if not self.scale:
            return self.steps[np.searchsorted(self.edges, values, side="right")]
        cells = _cells(values, self.low, self.scale)
        reached = self.passed.take(cells)
        reached += values >= self.first.take(cells)
        reached += values >= self.second.take(cells)
        open_ = np.flatnonzero(self.crowded.take(cells))
        if len(open_):
            reached[open_] = np.searchsorted(self.edges, values[open_], side="right")
        return self.steps.take(reached, mode="clip")


def _cells(values: Numbers, low: float, scale: float) -> NDArray[np.intp]:
    if not scale:
        return np.zeros(len(values), np.intp)
    with np.errstate(over="ignore"):
        place = (values.astype(np.float64, copy=False) - low) * scale
    return np.clip(place, 0, CELLS - 1, out=place).astype(np.intp)


def _steps(distribution: Distribution, knots: Numbers) -> tuple[Numbers, Codes]:
    """Give the values at which the score rises, and the scores before, between and behind them."""
    if not len(knots):
        return knots, np.zeros(1, np.uint8)
    ends: Ints = np.concatenate(
        [[0], np.stack([distribution.below, distribution.at_most], 1).ravel(), [distribution.n]]
    )
    twice = ends[:-1] + ends[1:]  # before the first knot, at it, behind it, at the second...
    scores = np.minimum(twice * SCORES // (2 * distribution.n), SCORES - 1)
    starts = np.concatenate([knots[:1], np.stack([knots, _next(knots)], 1).ravel()])
    rises = np.flatnonzero(np.diff(scores)) + 1
    rises = rises[(rises % 2 == 1) | (starts[rises] > starts[rises - 1])]
    return starts[rises], scores[np.append(0, rises)].astype(np.uint8)


def _next(knots: Numbers) -> Numbers:
    """Give the smallest value above each; the largest there is stays itself."""
    with np.errstate(over="ignore"):
        if knots.dtype.kind == "f":
            return np.nextafter(knots.astype(np.float64, copy=False), np.inf)
        above: Numbers = np.maximum(knots, knots + knots.dtype.type(1))
    return above


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The rows of a sample as codes, of shape (rows, columns); a column that is not there is missing throughout."""

    names: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, coders: Mapping[str, Coder], values: Mapping[str, pa.Array], *, rows: int | None = None) -> Self:
        """Code the values of each column there is a coder for; all must be equally long, or `rows` long."""
        found = {name: coder.codes(values[name]) for name, coder in coders.items() if name in values}
        length = max(map(len, found.values()), default=0) if rows is None else rows
        return cls.joined(tuple(coders), found, rows=length)

    @classmethod
    def joined(cls, names: Sequence[str], found: Mapping[str, Codes], *, rows: int) -> Self:
        """Lay the codes of columns beside each other."""
        codes = np.full((len(names), rows), MISSING, np.uint8)
        for place, name in enumerate(names):
            if name in found:
                codes[place] = found[name]
        return cls(tuple(names), codes.T)

    @property
    def rows(self) -> int:
        """Count the rows of the sample."""
        return len(self.codes)

    def only(self, names: Sequence[str]) -> "Coded":
        """Give the codes of these columns in this order; one that is not there is missing throughout."""
        if tuple(names) == self.names:
            return self
        found = {name: self.codes[:, place] for place, name in enumerate(self.names)}
        return Coded.joined(names, found, rows=self.rows)
