"""Two-sample tests and effect sizes from counts alone, equal to scipy's, without scipy."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.gamma import upper_gamma
from holdfast.batches.kernel.kolmogorov import survival

Ints = NDArray[np.int64]
FEWEST_EXPECTED, LEAST_EXPECTED = 5.0, 1.0
LEAST_ALPHA = 1e-300


class ChiSquare(NamedTuple):
    """Pearson's statistic, its degrees of freedom and p, and Cramér's V."""

    statistic: float
    freedom: int
    p: float
    v: float


def ks_distance(below: Ints, at_most: Ints, n: int, other_below: Ints, other_at_most: Ints, m: int) -> float:
    """Give the largest distance of two distribution functions from their counts below and up to common points.

    Exact when the points hold every value of one sample: that one is flat between them, the other monotone. At fewer
    points it is too small by at most the sample's largest share between two of them.
    """
    if not n or not m or not len(at_most):
        return 0.0
    up_to = np.abs(at_most / n - other_at_most / m).max()
    under = np.abs(below / n - other_below / m).max()
    return float(max(up_to, under))


def ks_p(distance: float, n: int, m: int) -> float:
    """Give the p-value of a Kolmogorov-Smirnov distance, as `scipy.stats.ks_2samp(method="asymp")` does."""
    return min(1.0, max(0.0, survival(distance, round(n * m / (n + m))))) if n and m else 1.0


def chi_square(first: Ints, second: Ints) -> ChiSquare:
    """Test two count vectors over the same categories for one distribution (K. Pearson, 1900).

    Equal to `scipy.stats.chi2_contingency(correction=False)`; categories in neither sample are left out.
    """
    kept = (first + second) > 0
    a, b = first[kept].astype(np.float64), second[kept].astype(np.float64)
    n, m = a.sum(), b.sum()
    if len(a) < 2 or not n or not m:
        return ChiSquare(0.0, max(0, len(a) - 1), 1.0, 0.0)
    share = (a + b) / (n + m)
    statistic = float(((a - n * share) ** 2 / (n * share)).sum() + ((b - m * share) ** 2 / (m * share)).sum())
    freedom = len(a) - 1
    return ChiSquare(
        statistic, freedom, min(1.0, upper_gamma(freedom / 2, statistic / 2)), math.sqrt(statistic / (n + m))
    )


def pooled(first: Ints, second: Ints, *, unseen: int = 0) -> tuple[Ints, Ints]:
    """Put the rarest categories together where there are too few rows for chi-square (W. G. Cochran, 1954).

    As they stand if every category has an expected count of 1 and four in five have 5; otherwise the rarest become one
    category, large enough to expect 5. The order is by the rows of both samples, so neither is favoured. `unseen` rows
    of the second sample are of categories the first does not have: rare ones as a rule, and put with these.
    """
    kept = (first + second) > 0
    first, second = np.append(first[kept], 0), np.append(second[kept], unseen)
    total = first + second
    if not total.sum():
        return first[:-1], second[:-1]
    expected = total * (min(int(first.sum()), int(second.sum())) / int(total.sum()))
    rare = expected < FEWEST_EXPECTED
    if not unseen and len(total) > 1 and np.min(expected[:-1]) >= LEAST_EXPECTED and rare[:-1].mean() <= 0.2:
        return first[:-1], second[:-1]
    rare[-1] = True
    order = np.lexsort((expected, ~rare))
    count = max(int(rare.sum()), int(np.searchsorted(np.cumsum(expected[order]), FEWEST_EXPECTED)) + 1)
    gathered, alone = order[:count], order[count:]
    return np.append(first[alone], first[gathered].sum()), np.append(second[alone], second[gathered].sum())


def total_variation(first: Ints, second: Ints) -> float:
    """Give the largest difference in probability of any set of categories."""
    n, m = int(first.sum()), int(second.sum())
    return float(np.abs(first / n - second / m).sum() / 2) if n and m else 0.0


def unseen_p(singles: int, doubles: int, n: int, unseen: int, m: int) -> float:
    """Give the p-value that another sample has as many rows of new categories as the rare ones lead to expect.

    The labels that occur once estimate what is unseen (I. J. Good, 1953); what they and those that occur twice add to
    the variance of two rates is W. W. Esty's, Annals of Statistics 11(3), 1983.
    """
    return two_proportions_p(singles, n, unseen, m, extra_variance=2 * doubles / n**2 if n else 0.0)


def two_proportions_p(hits: int, n: int, other_hits: int, m: int, *, extra_variance: float = 0.0) -> float:
    """Give the two-sided p-value that two rates are one: pooled z test, or exactly where hits or misses are rare.

    z: J. L. Fleiss, "Statistical Methods for Rates and Proportions", 2.3. Exact: R. A. Fisher, 1935, the smaller tail
    doubled; the z test calls one hit in a small sample certain when there was none in a large one.
    """
    if not n or not m:
        return 1.0
    total, rare = n + m, min(hits + other_hits, n + m - hits - other_hits)
    if not rare:
        return 1.0
    if rare * min(n, m) / total < FEWEST_EXPECTED:
        return _fisher_p(hits, n, other_hits, m)
    rate = (hits + other_hits) / total
    z = (hits / n - other_hits / m) / math.sqrt(rate * (1 - rate) * (1 / n + 1 / m) + extra_variance)
    return math.erfc(abs(z) / math.sqrt(2))


def rate_bounds(hits: int, n: int, other_hits: int, m: int, *, alpha: float) -> tuple[float, float]:
    """Give what the second rate may truly be above the first, with probability 1 - alpha.

    Wilson's score limits of each rate put together: R. G. Newcombe, Statistics in Medicine 17, 1998, method 10.
    """
    z = quantile(alpha)
    (first, low, high), (second, other_low, other_high) = _wilson(hits, n, z), _wilson(other_hits, m, z)
    difference = second - first
    down, up = math.hypot(second - other_low, high - first), math.hypot(other_high - second, first - low)
    return difference - down, difference + up


def _wilson(hits: int, n: int, z: float) -> tuple[float, float, float]:
    rate, square = hits / n, z * z
    middle, reach = rate + square / (2 * n), z * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return rate, max(0.0, (middle - reach) / (1 + square / n)), min(1.0, (middle + reach) / (1 + square / n))


def quantile(alpha: float) -> float:
    """Give what a normal deviate exceeds, to either side, with probability alpha, however small."""
    return -NormalDist().inv_cdf(max(alpha, LEAST_ALPHA) / 2)


def _fisher_p(hits: int, n: int, other_hits: int, m: int) -> float:
    if n < m:
        hits, n, other_hits, m = other_hits, m, hits, n
    if hits + other_hits > (n + m) / 2:
        hits, other_hits = n - hits, m - other_hits
    rare, common = hits + other_hits, n + m - hits - other_hits
    least, most = max(0, m - common), min(rare, m)
    k = np.arange(least, most, dtype=np.float64)
    steps = np.log(rare - k) + np.log(m - k) - np.log(k + 1) - np.log(common - m + k + 1)
    weights = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(weights - weights.max())
    at = other_hits - least
    tail = min(chances[: at + 1].sum(), chances[at:].sum()) / chances.sum()
    return float(min(1.0, 2 * tail))


def outside_p(outside: int, n: int, m: int) -> float:
    """Give the p-value that at least so many of m values lie below the least or above the greatest of n others.

    Where nothing has changed every order of the n + m values is as likely: S. S. Wilks, "Statistical Prediction with
    Special Reference to the Problem of Tolerance Limits", Annals of Math. Statistics 13, 1942. One end alone is passed
    by k values with chance h(k), both together with h(k) + k (h(k) - h(k + 1)). With ties it is too large, if wrong.
    """
    if not n or outside <= 0:
        return 1.0
    log = math.lgamma(m + 1) - math.lgamma(m - outside + 1) - math.lgamma(n + m + 1) + math.lgamma(n + m - outside + 1)
    return min(1.0, math.exp(log) * (1 + outside * n / (n + m - outside)))


def absent_p(count: int, n: int, m: int) -> float:
    """Give the p-value that none of m rows has a label which `count` of n others have: R. A. Fisher's exact test, 1935.

    All of them fall on the n sides, as C(n + m - count, m) of C(n + m, m) ways do.
    """
    log = math.lgamma(n + m - count + 1) - math.lgamma(n - count + 1) - math.lgamma(n + m + 1) + math.lgamma(n + 1)
    return min(1.0, math.exp(log)) if n and m else 1.0


def holm(p_values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Adjust p-values so that all may be read at one level (S. Holm, Scand. J. Statistics 6, 1979).

    With `weights`, as in that paper's last part, a test may use a share of the level that is its weight's share of all.
    """
    p = np.asarray(p_values, dtype=np.float64)
    w = np.ones_like(p) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(p / w, kind="stable")
    left = np.cumsum(w[order][::-1])[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] / w[order] * left))
    return [float(value) for value in adjusted]


def half_width(n: int, m: int, *, alpha: float, tests: float = 1, categories: int = 2) -> float:
    """Give how far an observed distance may be from the true one, in `tests` tests at once with probability 1 - alpha.

    Distribution functions and rates: A. Dvoretzky, J. Kiefer, J. Wolfowitz, 1956; P. Massart, 1990, two samples. Total
    variation: W. Hoeffding, 1963, over every set of categories, as J. Bretagnolle and C. Huber, 1979.
    """
    ways = categories * math.log(2) + math.log1p(-(2.0 ** (1 - categories))) if categories > 1 else 0.0
    return math.sqrt((ways + math.log(tests / alpha)) / 2) * math.sqrt((n + m) / (n * m))
