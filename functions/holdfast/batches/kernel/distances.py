"""How far apart two distributions are in other units, from counts alone, each with a bound on its error.

What is told here decides nothing: none of these knows how many rows it comes from.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.moments import Moments
from holdfast.batches.kernel.numeric import Distribution

Floats = NDArray[np.float64]
BINS = 10
LEAST_SHARE = 1e-4
MEAN_ERROR = 2.0**-29
Interval = tuple[float, float]


class Estimate(NamedTuple):
    """A value, and how far from the true one it is at most."""

    value: float
    error: float


def deciles(reference: Distribution, at_most: Ints, m: int) -> tuple[Floats, Floats]:
    """Give the shares of both samples between the reference's deciles: exact, as these are knots.

    Equal values stand in one bin, so there are fewer than ten where many are equal.
    """
    n = reference.n
    wanted = np.searchsorted(reference.at_most, np.arange(1, BINS) * n / BINS, side="left")
    edges = wanted[(wanted < len(reference.knots) - 1) & (np.diff(wanted, prepend=-1) > 0)]
    first = np.diff(np.concatenate([[0], reference.at_most[edges], [n]])) / n
    second = np.diff(np.concatenate([[0], at_most[edges], [m]])) / m
    return first, second


def stability_index(first: Floats, second: Floats) -> float:
    """Give the population stability index: the sum of (q - p) log(q / p), a share below 1e-4 counted as 1e-4.

    Symmetric relative entropy over bins: H. Jeffreys, 1946; the name and its use: N. Siddiqi, "Credit Risk Scorecards",
    2006.
    """
    p, q = np.maximum(first, LEAST_SHARE), np.maximum(second, LEAST_SHARE)
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(first: Floats, second: Floats) -> float:
    """Give the Jensen-Shannon divergence in bits, 0 to 1 (J. Lin, IEEE Trans. Information Theory 37, 1991)."""
    middle = (first + second) / 2
    return min(1.0, max(0.0, (_entropy_of(first, middle) + _entropy_of(second, middle)) / 2))


def _entropy_of(shares: Floats, middle: Floats) -> float:
    kept = shares > 0
    return float((shares[kept] * np.log2(shares[kept] / middle[kept])).sum())


def wasserstein(
    reference: Distribution, counts: Ints, m: int, *, before: Moments | None, now: Moments | None
) -> Estimate | None:
    """Give the area between two distribution functions, in the column's unit; `None` if infinite or not to be bounded.

    Between two knots each function lies between its counts at them, which bounds the area. Beyond the reference's ends
    it is bounded by the batch's least and greatest value, and by the means, whose difference is the signed area
    (S. S. Vallender, Theory of Probability and its Applications 18, 1974).
    """
    knots, n = reference.knots.astype(np.float64), reference.n
    if not len(knots) or not m or not np.isfinite(knots[[0, -1]]).all():
        return None
    below, at_most = counts / m
    low, high = reference.at_most[:-1] / n - below[1:], reference.below[1:] / n - at_most[:-1]
    with np.errstate(over="ignore", invalid="ignore"):
        gaps = np.diff(knots)
        least = float((gaps * np.maximum(0, np.maximum(low, -high))).sum())
        most = float((gaps * np.maximum(np.abs(low), np.abs(high))).sum())
    if not math.isfinite(most):
        return None
    ends = int(counts[0][0]), m - int(counts[1][-1])
    if any(ends):
        tails = _tails(reference, ends, m, now)
        if tails is None:
            return None
        signed = _signed(before, now, (float((gaps * low).sum()), float((gaps * high).sum())))
        least, most = (part + tail for part, tail in zip((least, most), _narrowed(*tails, signed), strict=True))
    return Estimate((least + most) / 2, (most - least) / 2) if math.isfinite(most) else None


def _tails(
    reference: Distribution, ends: tuple[int, int], m: int, now: Moments | None
) -> tuple[Interval, Interval] | None:
    """Bound the areas below and above the reference: one row at the very end at least, at most all of them there."""
    if now is None or now.n < m or now.minimum is None or now.maximum is None:
        return None
    far = float(reference.knots[0]) - float(now.minimum), float(now.maximum) - float(reference.knots[-1])
    left, right = (
        (length / m, length * rows / m) if rows else (0.0, 0.0) for length, rows in zip(far, ends, strict=True)
    )
    return left, right


def _signed(before: Moments | None, now: Moments | None, inside: Interval) -> Interval:
    """Bound the area above the reference less that below it: what the means differ by beyond what lies inside."""
    if before is None or now is None or before.mean is None or now.mean is None:
        return -math.inf, math.inf
    difference, slack = now.mean - before.mean, _slack(before) + _slack(now)
    return difference - inside[1] - slack, difference - inside[0] + slack


def _slack(moments: Moments) -> float:
    """Give how far a mean may be off: half a step of its grid, and more where values lie far beyond it."""
    ends = (float(moments.minimum or 0), float(moments.maximum or 0))
    return MEAN_ERROR * max(abs(end - float(moments.grid.centre)) for end in ends) + 2.0**moments.grid.exponent


def _narrowed(left: Interval, right: Interval, signed: Interval) -> Interval:
    """Bound the sum of two areas that lie in intervals themselves, given bounds on their difference."""
    least_right = min(right[1], max(right[0], left[0] + signed[0]))
    least_left = min(left[1], max(left[0], right[0] - signed[1]))
    most_right = max(right[0], min(right[1], left[1] + signed[1]))
    most_left = max(left[0], min(left[1], right[1] - signed[0]))
    return least_right + least_left, most_right + most_left
