"""Since which batch a column is as it is now: one shift of level in its history, if there surely is one. Pure.

The greatest two-sample t over all places where the level may have shifted, for effects on a logarithmic scale; its
p-value by the first Bonferroni bound: K. J. Worsley, "On the Likelihood Ratio Test for a Shift in Location of Normal
Populations", J. American Statistical Association 74, 1979. One batch may be an outlier: each is left out in turn, and
all these attempts together are counted as one half of the tests, to look at all batches as the other.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.why.student import tail

FEWEST = 4
FEWEST_WITHOUT_ONE = 6
ALPHA = 0.02
LEAST_SHIFT = 0.5
LEAST_SCATTER = 0.02
Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class Shift(NamedTuple):
    """The first batch of the new level, how sure that is, and the mean multiples of the threshold before and since."""

    at: int
    p: float
    before: float
    since: float


def began(history: Sequence[float]) -> Shift | None:
    """Find the batch with which the level of the last one began; `None` if none is sure, or fewer than four are known.

    `history` has effects as multiples of the threshold, negative if they led the other way than the last one's. The
    shift has to lead up, by half a threshold or more.
    """
    if len(history) < FEWEST:
        return None
    ratios = np.array(history)
    attempts = _attempts(len(ratios))
    found = [_greatest(ratios, kept, ways=len(attempts)) for kept in attempts]
    best = min(found, key=lambda shift: shift.p)
    is_sure = best.p <= ALPHA and best.since - best.before >= LEAST_SHIFT
    return best._replace(at=_first(ratios, best)) if is_sure else None


def _first(ratios: Floats, shift: Shift) -> int:
    """Give a batch between the two levels to the nearer: it may have been left out as neither's."""
    before, since = (_logarithmic(np.array(level)) for level in (shift.before, shift.since))
    is_begun = shift.at > 0 and _logarithmic(ratios[shift.at - 1]) > (before + since) / 2
    return shift.at - 1 if is_begun else shift.at


def _logarithmic(ratios: Floats) -> Floats:
    found: Floats = np.copysign(np.log1p(np.abs(ratios)), ratios)
    return found


@cache
def _attempts(n: int) -> list[Places]:
    """Give the batches to be looked at: all, and in a few more all but one of those before the last."""
    every = np.arange(n)
    if n < FEWEST_WITHOUT_ONE:
        return [every[None, :]]
    return [every[None, :], np.array([np.delete(every, out) for out in range(n - 1)])]


def _greatest(ratios: Floats, kept: Places, *, ways: int) -> Shift:
    """Find the place of the greatest t over all attempts, each a row, and all places; its p is for all ways to look."""
    scale = _logarithmic(ratios)[kept]
    n = kept.shape[1]
    first, second = np.arange(1, n), np.arange(n - 1, 0, -1)
    before = scale.cumsum(axis=1)[:, :-1] / first
    since = scale[:, ::-1].cumsum(axis=1)[:, -2::-1] / second
    step = since - before
    weight = first * second / n
    scatter = ((scale - scale.mean(axis=1, keepdims=True)) ** 2).sum(axis=1, keepdims=True) - weight * step**2
    t = step * np.sqrt(weight / np.maximum(scatter / (n - 2), LEAST_SCATTER**2))
    row, split = divmod(int(np.argmax(t)), n - 1)
    around = ratios[kept[row, : split + 1]], ratios[kept[row, split + 1 :]]
    p = min(1.0, tail(float(t[row, split]), n - 2) * t.size * ways)
    return Shift(int(kept[row, split + 1]), p, *(float(side.mean()) for side in around))
