"""What moved within a column, and which way, from its cumulative counts: ranges of numbers, categories. Pure.

Ranges lie between the round numbers at which the report draws the same column, so no single row's value is told.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.baseline import BaselineColumn
from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.counts import CountedColumn
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.report.axis import round_step, said
from holdfast.batches.report.document import FLOOR, Bars, Bins
from holdfast.batches.report.spread import scale_of, spread
from holdfast.batches.verdict import shown
from holdfast.batches.why.findings import MOST_MOVED, Moved, percent

LEAST_GAIN = 0.005
LEAST_PART = 0.1
ONE_SIDED = 3.0
LABEL_LENGTH = 60
QUANTILES = {0.5: "the median", 0.25: "the lower quartile", 0.75: "the upper quartile", 0.1: "the lowest tenth's end",
             0.9: "the highest tenth's beginning"}  # fmt: skip
STEPS = 40
WORDS = {"larger": "larger values", "smaller": "smaller values", "wider": "more values at both ends",
         "narrower": "more values in the middle", "same": "the values are spread as before"}  # fmt: skip
Way = Literal["larger", "smaller", "wider", "narrower", "same"]
Floats = NDArray[np.float64]


def departure(reference: Distribution, counts: Ints, n: int) -> Way:
    """Say which way numbers moved: to one side if its surplus is three times the other's, else out or in."""
    there = np.stack([reference.below, reference.at_most], axis=1).ravel() / max(1, reference.n)
    here = np.stack([counts[0], counts[1]], axis=1).ravel() / max(1, n)
    up, down = float(np.max(there - here, initial=0.0)), float(np.max(here - there, initial=0.0))
    if not up and not down:
        return "same"
    if up >= ONE_SIDED * down or down >= ONE_SIDED * up:
        return "larger" if up > down else "smaller"
    is_wider = int(np.argmax(here - there)) < int(np.argmax(there - here))
    return "wider" if is_wider else "narrower"


def way_of(reference: BaselineColumn, batch: CountedColumn) -> Way | None:
    """Say which way the values of a column moved, if they have an order."""
    if not isinstance(reference.values, Distribution) or batch.counts is None or not batch.n or not reference.n:
        return None
    return departure(reference.values, batch.counts, batch.n)


def moved(reference: BaselineColumn, batch: CountedColumn) -> tuple[Moved, ...]:
    """Give the ranges or categories whose share changed most, the greatest change first."""
    laid = spread(reference, batch)
    if laid is None:
        return ()
    parts = _ranges(laid) if isinstance(laid, Bins) else _categories(laid)
    rows = [part for part in parts if max(part.before * reference.n, part.now * batch.n) >= FLOOR]
    greatest = sorted(rows, key=lambda part: -abs(part.gain))[:MOST_MOVED]
    least = max(LEAST_GAIN, LEAST_PART * max((abs(part.gain) for part in greatest), default=0.0))
    return tuple(part for part in greatest if abs(part.gain) >= least)


def direction(reference: BaselineColumn, batch: CountedColumn, parts: tuple[Moved, ...]) -> str:
    """Say in words which way a column moved; empty where that cannot be said."""
    if isinstance(reference.values, Distribution) and batch.counts is not None and batch.n:
        return _numbers(reference, reference.values, batch.counts, batch.n)
    more = [shown(part.label, most=LABEL_LENGTH) for part in parts if part.gain > 0][:2]
    less = [shown(part.label, most=LABEL_LENGTH) for part in parts if part.gain < 0][:2]
    said = [f"{word} {' and '.join(labels)}" for word, labels in (("more", more), ("less", less)) if labels]
    return ", ".join(said)


def absent(reference: BaselineColumn, batch: CountedColumn) -> Moved:
    """Give the share of values that are missing, before and now."""
    before, now = (column.missing / max(1, column.n + column.missing) for column in (reference, batch))
    return Moved(label="missing values", before=before, now=now)


def _categories(laid: Bars) -> Iterator[Moved]:
    for bar in laid.bars:
        label = shown(bar.label, most=LABEL_LENGTH)
        yield Moved(label=f"{label} (new)" if bar.holds == "new" else label, before=bar.reference, now=bar.batch)


def _ranges(laid: Bins) -> Iterator[Moved]:
    """Give the runs of bins that gained or lost most, one after the other, without those already given."""
    before = np.array([laid.lower[0] + laid.minus_infinity[0], *laid.reference, laid.higher[0] + laid.plus_infinity[0]])
    now = np.array([laid.lower[1] + laid.minus_infinity[1], *laid.batch, laid.higher[1] + laid.plus_infinity[1]])
    free = np.ones(len(now), bool)
    for _ in range(MOST_MOVED):
        first, last = _run(now - before, free)
        if first > last:
            return
        free[first : last + 1] = False
        shares = (min(1.0, float(side[first : last + 1].sum())) for side in (before, now))
        yield Moved(label=_between(laid, first, last), before=next(shares), now=next(shares))


def _run(gain: Floats, free: NDArray[np.bool_]) -> tuple[int, int]:
    """Find the run with the greatest gain or loss, by J. Kadane's scan; an empty one if none is left."""
    best, found = 0.0, (1, 0)
    for sign in (1, -1):
        total, first = 0.0, 0
        for at, part in enumerate((sign * gain).tolist()):
            if not free[at] or total + part <= 0:
                total, first = 0.0, at + 1
                continue
            total += part
            if total > best:
                best, found = total, (first, at)
    return found


def _between(laid: Bins, first: int, last: int) -> str:
    edges = laid.edges
    step = edges[1] - edges[0]
    low = said(edges[first - 1], laid.scale, step) if first > 0 else ""
    high = said(edges[last], laid.scale, step) if last < len(edges) else ""
    if not low or (first == 1 and not any(laid.lower) and not any(laid.minus_infinity)):
        return f"below {high}" if high else "all values"
    if not high or (last == len(edges) - 1 and not any(laid.higher) and not any(laid.plus_infinity)):
        return f"{low} or more"
    return f"{low} to {high}"


def _numbers(column: BaselineColumn, reference: Distribution, counts: Ints, n: int) -> str:
    way = departure(reference, counts, n)
    if way == "same":
        return WORDS[way]
    outside = (int(counts[0][0]) + n - int(counts[1][-1])) / n
    beyond = f"; {percent(outside)} of them outside the reference's range" if outside * n >= FLOOR else ""
    return f"{WORDS[way]}{_from_to(column, reference, counts[0], counts[1], way)}{beyond}"


def _from_to(column: BaselineColumn, reference: Distribution, below: Ints, at_most: Ints, way: Way) -> str:
    """Tell a quantile or two before and now, if they are known and can be told apart."""
    ends = [_quantile(reference, reference.below, reference.at_most, share) for share in (0.1, 0.9)]
    step = round_step(((ends[1] or 0.0) - (ends[0] or 0.0)) / STEPS)
    texts = {}
    for share in QUANTILES:
        sides = ((reference.below, reference.at_most), (below, at_most))
        known = [_quantile(reference, *side, share, step=step) for side in sides]
        texts[share] = tuple("" if value is None else said(value, scale_of(column), step) for value in known)
    if way in ("wider", "narrower"):
        (low, new_low), (high, new_high) = texts[0.25], texts[0.75]
        is_told = all(texts[0.25] + texts[0.75]) and (low, high) != (new_low, new_high)
        return f": the middle half lay between {low} and {high}, now {new_low} and {new_high}" if is_told else ""
    told = next((q for q, (before, now) in texts.items() if before and now and before != now), None)
    return "" if told is None else f": {QUANTILES[told]} was {texts[told][0]}, now {texts[told][1]}"


def _quantile(
    reference: Distribution, below: Ints, at_most: Ints, share: float, *, step: float = float("inf")
) -> float | None:
    """Give a quantile that lies on a knot or no more than a step before it; else, or with few rows, `None`."""
    n, knots = int(at_most[-1]), reference.knots
    rank = share * n
    if min(rank, n - rank) < FLOOR:
        return None
    place = int(np.searchsorted(at_most, rank, side="left"))
    is_near = below[place] < rank or (place > 0 and float(knots[place]) - float(knots[place - 1]) <= step)
    return float(knots[place]) if is_near and np.isfinite(float(knots[place])) else None
