"""The values at given ranks of a column, found in a few passes where it is too large to hold.

Selection with limited storage after J. I. Munro and M. S. Paterson, Theoretical Computer Science 12, 1980. A pass keeps
every so manieth value of each sorted buffer, which brackets the values sought; the next pass counts exactly at the ends
of the brackets and looks between them only, until what lies there can be held. What is found is the same as by sorting
all values, so it depends neither on their order nor on how they were cut in chunks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints, Numbers

Chunks = Callable[[], Iterable[Numbers]]
HELD, SAMPLE = 1 << 21, 1 << 20
STUCK = 0.9


class Ranked(NamedTuple):
    """Distinct values in order, how many lie below each and up to it; and all values in order, if they were held."""

    values: Numbers
    below: Ints
    at_most: Ints
    held: Numbers | None = None


def ranked(chunks: Chunks, most: int | None, *, held: int = HELD, sample: int = SAMPLE) -> Ranked:
    """Give all distinct values if they are at most so many, else the values at so many ranks of equal distance.

    The first and the last value are always among them. `chunks` is asked for the chunks once for each pass, and must
    give the same values every time, without NaN; without `most`, all of them are held.
    """
    scan = _Scan(held=held, sample=sample) if most is not None else _Scan(held=1 << 62)
    scan.over(chunks(), fewest=most)
    if scan.few is not None:
        values, at_most = scan.few[0].astype(scan.dtype, copy=False), np.cumsum(scan.few[1])
        return _ranked(values, at_most - scan.few[1], at_most)
    if scan.is_whole:
        return _of_held(scan.inside(), most)
    ranks = np.ceil(np.linspace(1, scan.n, most or 1)).astype(np.int64)
    return _ranked(*_found(chunks, ranks, scan))


def _ranked(values: Numbers, below: Ints, at_most: Ints, held: Numbers | None = None) -> Ranked:
    """Leave each value once; zero has one sign."""
    kept = np.append(values[1:] != values[:-1], np.ones(min(1, len(values)), bool))
    values = values[kept]
    values[values == 0] = 0
    return Ranked(values, below[kept].astype(np.int64, copy=False), at_most[kept].astype(np.int64, copy=False), held)


def _of_held(ordered: Numbers, most: int | None) -> Ranked:
    if most is not None and 1 + np.count_nonzero(ordered[1:] != ordered[:-1]) > most:
        values = ordered[np.ceil(np.linspace(1, len(ordered), most)).astype(np.int64) - 1]
        below, at_most = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
        return _ranked(values, below, at_most, ordered)
    values, counts = _distinct(ordered)
    at_most = np.cumsum(counts)
    return _ranked(values, at_most - counts, at_most, ordered)


def _distinct(ordered: Numbers) -> tuple[Numbers, Ints]:
    """Give the distinct ones of values in order, and how often each stands there."""
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], np.ones(min(1, len(ordered)), bool)))
    return ordered[last], np.diff(last, prepend=-1).astype(np.int64, copy=False)


def _found(chunks: Chunks, ranks: Ints, scan: "_Scan") -> tuple[Numbers, Ints, Ints]:
    """Look ever closer; where that does not help, at fewer ranks, and at last with more room."""
    first = scan
    while not scan.is_whole:
        closer = scan.closer(ranks)
        closer.over(chunks())
        if not closer.is_whole and closer.within > STUCK * scan.within:
            if len(ranks) == 1:
                return _found(chunks, ranks, first.roomier(chunks()))
            halves = [_found(chunks, half, first) for half in np.array_split(ranks, 2)]
            values, below, at_most = (np.concatenate(pair) for pair in zip(*halves, strict=True))
            return values, below, at_most
        scan = closer
    return scan.found(ranks)


@dataclass(slots=True, eq=False)
class _Scan:
    """One pass: counts below and up to each of some edges, and what lies in those gaps between them that are kept.

    Gap i ends at edge i; the last has no end. Of more values than can be held every `stride`-th is, of each buffer in
    order: of the values in the kept gaps, between stride * j and stride * j + `slack` are at most the j-th of those.
    """

    held: int = HELD
    sample: int = SAMPLE
    dtype: "np.dtype[Any] | None" = None
    edges: Numbers = field(default_factory=lambda: np.zeros(0))
    kept: NDArray[np.bool_] = field(default_factory=lambda: np.ones(1, bool))
    n: int = 0
    within: int = 0
    below: Ints = field(init=False)
    at_most: Ints = field(init=False)
    few: tuple[Numbers, Ints] | None = None
    stride: int = 1
    slack: int = 0
    is_whole: bool = True
    _waiting: list[Numbers] = field(default_factory=list)
    _samples: list[Numbers] = field(default_factory=list)

    def over(self, chunks: Iterable[Numbers], *, fewest: int | None = None) -> None:
        """Go over all values; keep count of each as long as there are so few different ones."""
        self.below, self.at_most = np.zeros((2, len(self.edges)), np.int64)
        if fewest is not None:
            self.few = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        for chunk in chunks:
            self.dtype = chunk.dtype if self.dtype is None else np.result_type(self.dtype, chunk.dtype)
            for start in range(0, len(chunk), self.held):
                part = chunk[start : start + self.held]
                self.n += len(part)
                self._wait(self._kept(part) if len(self.edges) else part, fewest)
        if not self.is_whole:
            self._flush(fewest)
        elif fewest is not None:
            self.few = None

    def inside(self) -> Numbers:
        """Give what lies in the kept gaps, in order."""
        waiting, self._waiting = self._waiting, []
        joined: Numbers = np.concatenate([np.zeros(0, self.dtype), *waiting])
        waiting.clear()
        joined.sort()
        return joined

    def _kept(self, part: Numbers) -> Numbers:
        edges = self.edges
        if part.dtype != edges.dtype:
            part = part.astype(edges.dtype)
        ordered = np.sort(part)
        at_most = np.searchsorted(ordered, edges, side="right")
        below = np.searchsorted(ordered, edges, side="left")
        self.at_most += at_most
        self.below += below
        starts, ends = np.append(0, at_most)[self.kept], np.append(below, len(ordered))[self.kept]
        return ordered[_ranges(starts, ends - starts)]

    def _wait(self, part: Numbers, fewest: int | None) -> None:
        self.within += len(part)
        if sum(map(len, self._waiting)) + len(part) > self.held:
            self.is_whole = False
            self._flush(fewest)
        self._waiting.append(part)

    def _flush(self, fewest: int | None) -> None:
        """Sort what waits, and keep a few of it."""
        ordered = self.inside()
        if fewest is not None and self.few is not None:
            self.few = _few(self.few, ordered, fewest)
        self._samples.append(ordered[self.stride - 1 :: self.stride].copy())
        self.slack += self.stride - 1
        while sum(map(len, self._samples)) > self.sample:
            self._samples = [self._sampled()[1::2].copy()]
            self.slack += self.stride
            self.stride *= 2

    def _sampled(self) -> Numbers:
        samples = np.concatenate(self._samples)
        samples.sort()
        return samples

    def _places(self, ranks: Ints) -> tuple[Ints, NDArray[np.bool_], Ints]:
        """Give for each rank its edge or gap, whether it is that edge, and its rank among the values kept."""
        at = np.searchsorted(self.at_most, ranks, side="left")
        on_edge = np.append(self.below, self.n)[at] < ranks
        before = np.append(0, self.at_most)
        inside = np.where(self.kept, np.append(self.below, self.n) - before, 0)
        return at, on_edge, ranks - before[at] + (np.cumsum(inside) - inside)[at]

    def closer(self, ranks: Ints) -> "_Scan":
        """Bracket each rank by values that were sampled, and look between those next."""
        samples, many = _distinct(self._sampled().astype(self.dtype, copy=False))
        least = np.cumsum(many) * self.stride
        gaps, on_edge, wanted = self._places(ranks)
        gaps, wanted = gaps[~on_edge], wanted[~on_edge]
        low = np.searchsorted(least + self.slack, wanted, side="left") - 1
        high = np.searchsorted(least, wanted, side="left")
        chosen = [samples[low[low >= 0]], samples[high[high < len(samples)]]]
        edges = np.unique(np.concatenate([self.edges.astype(samples.dtype), *chosen]))
        first, last = np.zeros(len(wanted), np.int64), np.full(len(wanted), len(edges), np.int64)
        first[low >= 0] = np.searchsorted(edges, chosen[0]) + 1
        last[high < len(samples)] = np.searchsorted(edges, chosen[1])
        if len(self.edges):  # a sample from another gap brackets less well than the gap itself
            own = np.searchsorted(edges, self.edges.astype(samples.dtype))
            first = np.maximum(first, np.append(0, own + 1)[gaps])
            last = np.minimum(last, np.append(own, len(edges))[gaps])
        change = np.zeros(len(edges) + 2, np.int64)
        np.add.at(change, first, 1)
        np.add.at(change, last + 1, -1)
        return _Scan(self.held, self.sample, self.dtype, edges, np.cumsum(change)[:-1] > 0)

    def roomier(self, chunks: Iterable[Numbers]) -> "_Scan":
        """Go over all values once more with twice the room."""
        scan = _Scan(2 * self.held, 2 * self.sample)
        scan.over(chunks)
        return scan

    def found(self, ranks: Ints) -> tuple[Numbers, Ints, Ints]:
        """Give the value at each rank, and how many values lie below it and up to it."""
        inside = self.inside()
        gaps, on_edge, wanted = self._places(ranks)
        values: Numbers = np.empty(len(ranks), self.dtype)
        below, at_most = np.empty((2, len(ranks)), np.int64)
        edge = gaps[on_edge]
        values[on_edge], below[on_edge], at_most[on_edge] = self.edges[edge], self.below[edge], self.at_most[edge]
        there = inside[wanted[~on_edge] - 1]
        before = ranks[~on_edge] - wanted[~on_edge]
        values[~on_edge] = there
        below[~on_edge] = np.searchsorted(inside, there, side="left") + before
        at_most[~on_edge] = np.searchsorted(inside, there, side="right") + before
        return values, below, at_most


def _ranges(starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the places of several slices, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def _few(known: tuple[Numbers, Ints], ordered: Numbers, most: int) -> tuple[Numbers, Ints] | None:
    """Take values in order in among different ones, unless these become too many."""
    if np.count_nonzero(ordered[1:] != ordered[:-1]) >= most:
        return None
    both = _joined(known, _distinct(ordered))
    return both if len(both[0]) <= most else None


def _joined(one: tuple[Numbers, Ints], other: tuple[Numbers, Ints]) -> tuple[Numbers, Ints]:
    if not len(one[0]):
        return other
    values, places = np.unique(np.concatenate([one[0], other[0]]), return_inverse=True)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, places, np.concatenate([one[1], other[1]]))
    return values, counts


def repeatable(chunks: Chunks | Iterable[Numbers]) -> Chunks:
    """Make chunks that can be asked for again of such that can be gone over once: they are then held."""
    if callable(chunks):
        return chunks
    taken: Sequence[Numbers] = list(chunks)

    def again() -> Iterator[Numbers]:
        return iter(taken)

    return again
