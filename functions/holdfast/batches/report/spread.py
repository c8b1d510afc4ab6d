"""How a column's values are spread in the reference and in a batch, from their cumulative counts alone. Pure.

Bins lie between round numbers, within a range that holds nearly all of both but not the far ends of heavy tails; what
lies further out is gathered at either side. Between two knots values are taken to be spread evenly. Neither the ends
nor a single value are written unless `FLOOR` rows stand behind them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.baseline import BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints, Kind
from holdfast.batches.kernel.counts import CountedColumn
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.report.axis import DAY, round_step, said, steps, time_step
from holdfast.batches.report.document import DECIMALS, FLOOR, Bar, Bars, Bins, Holds, Scale

BINS, MOST_VALUES, MOST_BARS = 36, 20, 8
OUTER, INNER, REACH = 0.002, 0.05, 0.8
LARGEST = 1e300  # beyond it there is no room for round numbers
SCALES: Mapping[str, Scale] = {"date": "day", "time32": "clock", "time64": "clock", "duration": "duration"}
THOUSANDS = 10_000
BEYOND = ("lower values", "other values", "higher values")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """Cumulative counts of one side at the reference's finite knots: how many lie below each and up to it.

    `n` counts the finite values, `low` and `high` the infinite ones.
    """

    below: Ints
    at_most: Ints
    n: int
    low: int
    high: int

    @property
    def whole(self) -> int:
        """Count all values, infinite ones too."""
        return max(1, self.n + self.low + self.high)

    @property
    def elsewhere(self) -> tuple[int, int, int]:
        """Count the values below all knots, between two of them, and above all."""
        first, last = int(self.below[0]), self.n - int(self.at_most[-1])
        return first, self.n - first - last - int((self.at_most - self.below).sum()), last

    def up_to(self, edges: Floats, knots: Floats) -> Floats:
        """Count the values below each edge."""
        at = np.searchsorted(knots, edges, side="left")
        before = np.maximum(at - 1, 0)
        after = np.minimum(at, len(knots) - 1)
        gap = knots[after] - knots[before]
        part = np.divide(edges - knots[before], gap, out=np.ones_like(edges), where=gap > 0)
        between = self.at_most[before] + part * (self.below[after] - self.at_most[before])
        counted: Floats = np.where(at == 0, self.below[0], np.where(at == len(knots), self.at_most[-1], between))
        return counted

    def quantiles(self, share: float, knots: Floats) -> tuple[float, float] | None:
        """Give the knots that hold this share of the values beyond them at either side, or `FLOOR` values if more."""
        beyond = max(FLOOR, share * self.n)
        if self.n < 2 * beyond:
            return None
        low = int(np.searchsorted(self.at_most, beyond, side="left"))
        high = int(np.searchsorted(self.below, self.n - beyond, side="right")) - 1
        last = len(knots) - 1
        return float(knots[min(low, last)]), float(knots[min(max(high, 0), last)])


def spread(reference: BaselineColumn, batch: CountedColumn | None) -> Bins | Bars | None:
    """Lay the reference's values and the batch's over one another, or give `None` where there is nothing to lay."""
    if batch is None or batch.counts is None:
        return None
    if isinstance(reference.values, Distribution):
        return _numbers(reference, reference.values, batch)
    if isinstance(reference.values, Categories) and reference.values.labels is not None:
        return _categories(reference.values, batch.counts, _new_labels(batch))
    return None


def _numbers(reference: BaselineColumn, there: Distribution, batch: CountedColumn) -> Bins | Bars | None:
    assert batch.counts is not None  # noqa: S101 - a distribution is only asked for where there are counts
    finite = np.isfinite(there.knots) if there.knots.dtype.kind == "f" else np.ones(len(there.knots), bool)
    if not finite.any() or reference.n < FLOOR:
        return None
    knots = there.knots[finite].astype(np.float64)
    old = _side(there.below, there.at_most, finite, reference.n, reference)
    new = _side(batch.counts[0], batch.counts[1], finite, batch.n, batch)
    scale = scale_of(reference)
    if len(knots) <= MOST_VALUES and old.low + old.high + new.low + new.high == 0:
        words = _words(there.knots[finite].tolist(), scale, is_boolean=reference.type == "bool")
        return _values(words, old, new)
    return _bins(knots, old, new, scale)


def _side(
    below: Ints, at_most: Ints, finite: NDArray[np.bool_], n: int, column: BaselineColumn | CountedColumn
) -> Side:
    low, high = column.infinite
    return Side(below[finite] - low, at_most[finite] - low, n - low - high, low, high)


def scale_of(column: BaselineColumn) -> Scale:
    """Say in which unit a column's values are written."""
    if column.kind is not Kind.TIME:
        is_whole = isinstance(column.values, Distribution) and column.values.knots.dtype.kind != "f"
        return "whole" if is_whole else "number"
    return next((scale for beginning, scale in SCALES.items() if column.type.startswith(beginning)), "moment")


def _bins(knots: Floats, old: Side, new: Side, scale: Scale) -> Bins | None:
    ends = _range(knots, old, new)
    if ends is None:
        return None
    edges = np.array(_edges(*ends, scale))
    there, here = old.up_to(edges, knots), new.up_to(edges, knots)
    return Bins(
        scale=scale, edges=tuple(edges.tolist()),
        reference=_shares(np.diff(there), old.whole), batch=_shares(np.diff(here), new.whole),
        lower=(_share(there[0], old.whole), _share(here[0], new.whole)),
        higher=(_share(old.n - there[-1], old.whole), _share(new.n - here[-1], new.whole)),
        minus_infinity=(_share(old.low, old.whole), _share(new.low, new.whole)),
        plus_infinity=(_share(old.high, old.whole), _share(new.high, new.whole)),
    )  # fmt: skip


def _range(knots: Floats, old: Side, new: Side) -> tuple[float, float] | None:
    """Give a range that holds nearly all of both, unless tails would leave the middle no room."""
    outer = [found for side in (old, new) if (found := side.quantiles(OUTER, knots)) is not None]
    inner = [found for side in (old, new) if (found := side.quantiles(INNER, knots)) is not None]
    if not outer:
        return None
    low, high = min(low for low, _ in outer), max(high for _, high in outer)
    if inner:
        first, last = min(low for low, _ in inner), max(high for _, high in inner)
        room = REACH * (last - first)
        if room > 0:
            low, high = max(low, first - room), min(high, last + room)
    return (low, high) if max(-low, high) < LARGEST else None


def _edges(low: float, high: float, scale: Scale) -> list[float]:
    width = high / BINS - low / BINS
    if scale in ("moment", "clock", "duration", "day"):
        step = max(time_step(width), DAY if scale == "day" else 1.0)
    else:
        step = max(round_step(width), 1.0) if scale == "whole" else round_step(width or abs(high) / 10 or 1.0)
        step = float(np.ceil(step)) if scale == "whole" else step
    return steps(low, high, step)


def _words(values: list[int] | list[float], scale: Scale, *, is_boolean: bool) -> list[str]:
    """Write each of a few values, in as many digits as tell them apart."""
    if is_boolean:
        return [("false", "true")[int(value)] for value in values]
    if scale == "whole":
        return [f"{value:,}" if abs(value) >= THOUSANDS else str(value) for value in values]
    words = [said(value, scale) for value in values]
    return words if len(set(words)) == len(words) else [repr(value) for value in values]


def _values(words: list[str], old: Side, new: Side) -> Bars:
    """Give each of a few values its bar, and gather those too rare to be named."""
    bars, rare = [], [0, 0, 0]
    for place, label in enumerate(words):
        there, here = int(old.at_most[place] - old.below[place]), int(new.at_most[place] - new.below[place])
        if max(there, here) < FLOOR:
            rare = [rare[0] + 1, rare[1] + there, rare[2] + here]
        else:
            bars.append(_bar(label, "label", 1, there, here, old.n, new.n))
    if rare[0]:
        bars.append(_bar("rare values", "rare", rare[0], rare[1], rare[2], old.n, new.n))
    lower, between, higher = (
        _bar(word, "rest", 0, there, here, old.n, new.n)
        for word, there, here in zip(BEYOND, old.elsewhere, new.elsewhere, strict=True)
    )
    bars = [lower, *bars, between, higher]
    bars = [bar for bar in bars if bar.holds != "rest" or bar.reference or bar.batch]
    return Bars(ordered_by="value", bars=tuple(bars))


def _categories(reference: Categories, counts: Ints, unseen: Mapping[str, int]) -> Bars:
    """Name the categories that are largest or moved most, and gather the others."""
    assert reference.labels is not None  # noqa: S101 - hashed groups have no names to show
    there, here = reference.counts, counts[:-1]
    n, m = max(1, int(there.sum())), max(1, int(counts.sum()))
    named = np.flatnonzero(np.maximum(there, here) >= FLOOR)
    weight = np.maximum(there / n, here / m) + np.abs(there / n - here / m)
    kept = sorted(named[np.argsort(-weight[named], kind="stable")][:MOST_BARS], key=lambda at: (-there[at], -here[at]))
    bars = [_bar(reference.labels[at], "label", 1, there[at], here[at], n, m) for at in kept]
    others = np.array(sorted(set(named.tolist()).difference(kept)), np.intp)
    rare = np.flatnonzero(np.maximum(there, here) < FLOOR)
    gathered: tuple[tuple[NDArray[np.intp], Holds, str], ...] = (
        (others, "rest", "other categories"), (rare, "rare", "rare categories"),
    )  # fmt: skip
    for places, holds, word in gathered:
        if len(places):
            bars.append(_bar(word, holds, len(places), int(there[places].sum()), int(here[places].sum()), n, m))
    bars += _unseen(unseen, int(counts[-1]), n, m)
    return Bars(ordered_by="share", bars=tuple(bars))


def _unseen(labels: Mapping[str, int], total: int, n: int, m: int) -> list[Bar]:
    """Name the largest categories the reference does not have, and gather the rest of them."""
    large = sorted((label for label in labels if labels[label] >= FLOOR), key=lambda label: (-labels[label], label))
    named = large[: MOST_BARS // 2]
    bars = [_bar(label, "new", 1, 0, labels[label], n, m) for label in named]
    if left := total - sum(labels[label] for label in named):
        bars.append(_bar("new categories", "new_rare", 0, 0, left, n, m))
    return bars


def _new_labels(batch: CountedColumn) -> Mapping[str, int]:
    return {} if batch.unseen is None else batch.unseen.labels


def _bar(label: str, holds: Holds, labels: int, there: int, here: int, n: int, m: int) -> Bar:
    return Bar(label=label, holds=holds, labels=labels, reference=_share(there, n), batch=_share(here, m))


def _share(count: float, n: int) -> float:
    return round(min(1.0, max(0.0, float(count) / max(1, n))), DECIMALS)


def _shares(counts: Floats, n: int) -> tuple[float, ...]:
    return tuple(_share(count, n) for count in counts.tolist())
