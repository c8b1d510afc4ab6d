"""Rank tests of two samples from counts: where Kolmogorov-Smirnov asks for any difference, these ask for a usual one.

A sample that is moved, or spread otherwise, is told from noise with far fewer rows. Values between two knots count as
ties of all that lie there; for ties the scores are averaged, and the variance is that of all ways to deal the ranks.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.numeric import Distribution

Floats = NDArray[np.float64]


class RankTest(NamedTuple):
    """How many standard deviations a sum of scores is above what chance gives, and the two-sided p-value."""

    z: float
    p: float


def rank_tests(reference: Distribution, counts: Ints, m: int) -> tuple[RankTest, RankTest]:
    """Test for other values and for another spread of values.

    F. Wilcoxon, 1945, and H. B. Mann, D. R. Whitney, 1947: the sum of ranks, as `scipy.stats.mannwhitneyu` without its
    continuity correction. A. M. Mood, Annals of Math. Statistics 25, 1954: of squared distances from the middle rank.
    """
    first = _groups(np.stack([reference.below, reference.at_most]), reference.n)
    second = _groups(counts, m)
    both = first + second
    total = reference.n + m
    middle = np.cumsum(both) - both + (both + 1) / 2 - (total + 1) / 2
    squares = middle**2 + (both.astype(np.float64) ** 2 - 1) / 12
    return _tested(middle / total, second, both), _tested(squares / total**2, second, both)


def _groups(counts: Ints, n: int) -> Ints:
    """Count what lies below the first knot, at it, between it and the second, and so on."""
    found = np.empty(2 * counts.shape[1] + 1, np.int64)
    found[0::2] = np.append(counts[0], n) - np.append(0, counts[1])
    found[1::2] = counts[1] - counts[0]
    return found


def _tested(scores: Floats, second: Ints, both: Ints) -> RankTest:
    """Hold a sum of scores against its mean and variance over all ways to deal them (J. Hájek, Z. Šidák, 1967)."""
    total, m = int(both.sum()), int(second.sum())
    n = total - m
    away = scores - float((both * scores).sum()) / total
    variance = n * m / (total * max(1, total - 1)) * float((both * away**2).sum())
    if variance <= 0:
        return RankTest(0.0, 1.0)
    z = float((second * away).sum()) / math.sqrt(variance)
    return RankTest(z, math.erfc(abs(z) / math.sqrt(2)))
