"""The level of another column that explains most of a change: in its rows alone, or by its own share. Pure.

Counts of a sample by level and coarse bin are held against each other three ways: as they are, without a level in
either, and with the reference weighted so that the level has the share it has in the batch. A level is named only if
at least half of the distance goes that way, and more the larger the level is; if what goes is twice the distance that
so few rows have by chance; and if the level truly behaves unlike the rest: a two-sample z of its change against the
others', or of its share, significant among all levels that were tried. A change that is everywhere alike stays when any
level is left out, so nothing is said of it.
"""

from collections.abc import Iterator
from math import erfc, sqrt
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.segments import BINS, Segment, Segments
from holdfast.batches.report.document import FLOOR
from holdfast.batches.verdict import shown
from holdfast.batches.why.findings import SegmentFound, percent

MOST_OF_IT = 0.5
BEYOND_CHANCE = 2.0
ALPHA = 0.001
FEWEST_LEFT, LEAST_LEFT = 100, 0.05
Floats = NDArray[np.float64]
Of = Literal["distribution", "categories", "missing"]
How = Literal["share", "within"]


class _Sides(NamedTuple):
    """Rows of the reference and of the batch by bin: of each level, or of each level's complement."""

    there: Ints
    here: Ints

    @property
    def n(self) -> Ints:
        """Count the rows of the reference."""
        return self.there.sum(axis=-1)

    @property
    def m(self) -> Ints:
        """Count the rows of the batch."""
        return self.here.sum(axis=-1)


class _Clear(NamedTuple):
    """A level, by its place, that explains most of the change one way or the other."""

    at: int
    kind: How
    explains: float
    before: float
    now: float
    p: float


def explaining(reference: Segments | None, batch: Segments | None, column: str, *, of: Of) -> SegmentFound | None:
    """Find the level that explains most of a column's change, if one clearly does."""
    if reference is None or batch is None or column not in reference.names or reference.segments != batch.segments:
        return None
    named = {at: (segment, level) for at, segment, level in _slots(reference) if segment.name != column}
    if not named:
        return None
    at, first = reference.names.index(column), reference.segments[0].slots
    every = _Sides(*(_told_apart(side.counts[:, at], of) for side in (reference, batch)))
    whole = _Sides(every.there[:first].sum(axis=0), every.here[:first].sum(axis=0))
    slots = list(named)
    inside = _Sides(every.there[slots], every.here[slots])
    tests, clear = _clear(inside, whole, of)
    sure = [one for one in clear if one.p * tests <= ALPHA]
    best = max(sure, key=lambda one: (round(one.explains, 1), -max(one.before, one.now), one.explains), default=None)
    return None if best is None else _found(*named[slots[best.at]], best)


def _slots(segments: Segments) -> Iterator[tuple[int, Segment, str]]:
    """Give the place of each level among the counts; any other value, and none, are not levels."""
    start = 0
    for segment in segments.segments:
        yield from ((start + at, segment, level) for at, level in enumerate(segment.levels))
        start += segment.slots


def _told_apart(counts: Ints, of: Of) -> Ints:
    present = counts[:, :BINS]
    return np.stack([present.sum(axis=1), counts[:, BINS]], axis=1) if of == "missing" else present


def _clear(inside: _Sides, whole: _Sides, of: Of) -> tuple[int, list[_Clear]]:
    """Count the levels tried, one way or two, and give those that clearly explain most."""
    n, m = int(whole.n), int(whole.m)
    distance = float(_distance(_shares(whole.there), _shares(whole.here), of)) if n and m else 0.0
    if distance <= 0:
        return 0, []
    outside = _Sides(whole.there - inside.there, whole.here - inside.here)
    before, now = inside.n / n, inside.m / m
    is_named = np.maximum(inside.n, inside.m) >= FLOOR
    is_left = (outside.n >= max(FEWEST_LEFT, LEAST_LEFT * n)) & (outside.m >= max(FEWEST_LEFT, LEAST_LEFT * m))
    is_tried = is_named & is_left & (np.minimum(inside.n, inside.m) >= FLOOR)
    by_share = 1 - _distance(_weighted(inside.there, outside.there, now), _shares(whole.here), of) / distance
    without = 1 - _distance(_shares(outside.there), _shares(outside.here), of) / distance
    chance, chance_left = (BEYOND_CHANCE * _chance(*rows) / distance for rows in ((n, m), (outside.n, outside.m)))
    enough = np.maximum((1 + np.maximum(before, now)) / 2, chance_left)
    event = _event(whole, of)
    share = np.flatnonzero(is_named & (by_share >= max(MOST_OF_IT, float(chance)))).tolist()
    within = np.flatnonzero(is_tried & (without >= enough)).tolist()
    return int(is_named.sum() + is_tried.sum()), [
        *(_Clear(at, "share", by_share[at], before[at], now[at], _share_p(before[at], n, now[at], m)) for at in share),
        *(
            _Clear(at, "within", without[at], before[at], now[at], _unlike_p(inside, outside, at, event))
            for at in within
        ),
    ]


def _shares(rows: Ints) -> Floats:
    return rows / np.maximum(1, rows.sum(axis=-1, keepdims=True))


def _chance(n: Ints | int, m: Ints | int) -> Floats:
    """Give the scale of the distance between two samples of the same: A. Kolmogorov 1933, N. Smirnov 1939."""
    return np.sqrt(1 / np.maximum(1, n) + 1 / np.maximum(1, m))


def _distance(p: Floats, q: Floats, of: Of) -> Floats:
    """Give the largest difference of the distribution functions, or the share of rows that moved."""
    gap = q - p
    found: Floats = (
        np.abs(np.cumsum(gap, axis=-1)).max(axis=-1) if of == "distribution" else np.abs(gap).sum(axis=-1) / 2
    )
    return found


def _event(whole: _Sides, of: Of) -> NDArray[np.bool_]:
    """Give the bins on one side of the largest difference, or those that gained."""
    gap = _shares(whole.here) - _shares(whole.there)
    if of != "distribution":
        return gap > 0
    return np.arange(len(gap)) <= int(np.argmax(np.abs(np.cumsum(gap))))


def _weighted(inside: Ints, outside: Ints, share: Floats) -> Floats:
    """Give the reference as it would be if each level had its share of the batch; one that it lacks stays out."""
    known = (inside.sum(axis=-1) > 0) & (outside.sum(axis=-1) > 0)
    weight = np.where(known, share, inside.sum(axis=-1) / np.maximum(1, (inside + outside).sum(axis=-1)))[:, None]
    return weight * _shares(inside) + (1 - weight) * _shares(outside)


def _share_p(before: float, n: int, now: float, m: int) -> float:
    """Give the p-value that a level's share of the rows is the same in both."""
    pooled = (before * n + now * m) / (n + m)
    return _two_sided(now - before, pooled * (1 - pooled) * (1 / n + 1 / m))


def _unlike_p(inside: _Sides, outside: _Sides, at: int, event: NDArray[np.bool_]) -> float:
    """Give the p-value that the share of some bins changed alike within a level and outside of it."""
    rows = [side[at].astype(float) for side in (*inside, *outside)]
    hits, sizes = [float(side[event].sum()) for side in rows], [float(side.sum()) for side in rows]
    before_in, now_in, before_out, now_out = (hit / n for hit, n in zip(hits, sizes, strict=True))
    variance = sum((hit + 0.5) * (n - hit + 0.5) / (n + 1) ** 2 / n for hit, n in zip(hits, sizes, strict=True))
    return _two_sided((now_in - before_in) - (now_out - before_out), variance)


def _two_sided(difference: float, variance: float) -> float:
    return erfc(abs(difference) / sqrt(2 * variance)) if variance > 0 else 1.0 if not difference else 0.0


def _found(segment: Segment, level: str, best: _Clear) -> SegmentFound:
    name, level = shown(segment.name), shown(level, most=40)
    shares = f"{percent(best.before)} of rows before, {percent(best.now)} now"
    text = (
        f"{percent(best.explains)} of the change comes with {name} = {level}: {shares}"
        if best.kind == "share"
        else f"{percent(best.explains)} of the change is gone without the rows where {name} = {level}: {shares}"
    )
    return SegmentFound(
        column=segment.name, level=level, kind=best.kind, explains=min(1.0, best.explains),
        before=best.before, now=best.now, text=text,
    )  # fmt: skip
