"""The null distribution of the two-sided Kolmogorov statistic, without scipy.

Regimes as in Simard and L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov Distribution", J. Stat. Softw. 39(11).
"""

import math

import numpy as np

from holdfast.batches.kernel.gamma import Floats, deviance, stirling_error

RESCALE = 140
LARGE, LARGEST_SUM = 50_000, 1_000_000


def survival(distance: float, n: int) -> float:
    """Give P(D_n >= distance) for a sample of n, as `scipy.stats.kstwo.sf` does."""
    reach = n * distance
    if n < 1 or reach <= 0.5:
        return 1.0
    if distance >= 1:
        return 0.0
    if reach <= 1:
        return 1 - math.exp(math.lgamma(n + 1) + n * math.log((2 * reach - 1) / n))
    if reach >= n - 1:
        return 2 * (1 - distance) ** n
    energy = reach * distance
    if energy >= 370:
        return 0.0
    if n > LARGE and energy >= 13:
        return min(1.0, 2 * maag_dicaire_survival(distance, n))
    if distance >= 0.5 or (n <= 140 and energy > 4) or _sums(n, energy):
        return min(1.0, 2 * smirnov_survival(distance, n))
    if n <= 140 or (n <= 100_000 and n * distance**1.5 <= 1.4):
        return 1 - durbin_cdf(distance, n)
    return 1 - pelz_good_cdf(distance, n)


def _sums(n: int, energy: float) -> bool:
    """Tell where scipy doubles the one-sided tail and summing it costs less than it says."""
    return 140 < n <= LARGEST_SUM and 2.2 <= energy < (4 if n > LARGE else 370)


def maag_dicaire_survival(distance: float, n: int) -> float:
    """Give the one-sided tail of a large sample, right to order 1/n.

    U. R. Maag, G. Dicaire, "On Kolmogorov-Smirnov Type One-Sample Statistics", Biometrika 58(3), 1971.
    """
    return math.exp(-((6 * n * distance + 1) ** 2) / (18 * n))


def smirnov_survival(distance: float, n: int) -> float:
    """Sum Smirnov's exact one-sided tail: d * sum over j of Binomial(j; n, d + j/n) / (d + j/n).

    N. Smirnov, 1944; the terms as in C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
    """
    j = np.arange(math.floor(n * (1 - distance)) + 1, dtype=np.float64)
    chance = distance + j / n
    j, chance = j[chance < 1], chance[chance < 1]
    terms = np.exp(n * np.log1p(-chance[:1]))
    if j.size > 1:
        terms = np.concatenate([terms, _binomial(j[1:], n, chance[1:])])
    return float(min(1.0, distance * np.sum(terms / chance)))


def _binomial(j: Floats, n: int, chance: Floats) -> Floats:
    """Give Binomial(j; n, chance) for 0 < j < n by Loader's saddle point, free of cancellation."""
    rest = n - j
    log = stirling_error(np.array([float(n)]))[0] - stirling_error(j) - stirling_error(rest)
    log = log - deviance(j, n * chance) - deviance(rest, n * (1 - chance))
    density: Floats = np.exp(log) * np.sqrt(n / (2 * math.pi * j * rest))
    return density


def durbin_cdf(distance: float, n: int) -> float:
    """Give P(D_n < distance) by Durbin's matrix.

    G. Marsaglia, W. W. Tsang, J. Wang, "Evaluating Kolmogorov's Distribution", J. Stat. Software 8(18), 2003.
    """
    k = math.ceil(n * distance)
    size, h = 2 * k - 1, k - n * distance
    edge = 1 - h ** np.arange(1, size + 1)
    matrix = np.tril(np.ones((size, size)), 1)
    matrix[:, 0], matrix[-1, :] = edge, edge[::-1]
    matrix[-1, 0] = 1 - 2 * h**size + max(0.0, 2 * h - 1) ** size
    row, column = np.indices((size, size))
    factorials = np.array([math.lgamma(order + 1) for order in range(size + 1)])
    matrix *= np.exp(-factorials[np.maximum(row - column + 1, 0)])
    corner, exponent = _power_corner(matrix, n, k - 1)
    if corner <= 0:
        return 0.0
    log = math.log(corner) + exponent * math.log(10) + math.lgamma(n + 1) - n * math.log(n)
    return min(1.0, math.exp(log))


def _power_corner(matrix: Floats, power: int, at: int) -> tuple[float, int]:
    """Raise a matrix to a power by squaring; give one diagonal element and its decimal exponent."""
    product, product_exponent, base, base_exponent = np.eye(len(matrix)), 0, matrix, 0
    while power:
        if power & 1:
            product, product_exponent = product @ base, product_exponent + base_exponent
            if product[at, at] > 10.0**RESCALE:
                product, product_exponent = product / 10.0**RESCALE, product_exponent + RESCALE
        base, base_exponent, power = base @ base, 2 * base_exponent, power >> 1
        if base[at, at] > 10.0**RESCALE:
            base, base_exponent = base / 10.0**RESCALE, base_exponent + RESCALE
    return float(product[at, at]), product_exponent


def pelz_good_cdf(distance: float, n: int) -> float:
    """Give P(D_n < distance) by the first four terms of the asymptotic series.

    W. Pelz, I. J. Good, "Lower Tail-Areas of the Kolmogorov-Smirnov One-Sample Statistic", JRSS B 38, 1976.
    """
    z = math.sqrt(n) * distance
    z2, z4, z6 = z**2, z**4, z**6
    pi2, root = math.pi**2, math.sqrt(2 * math.pi)
    if math.exp(-pi2 / 8 / z2) == 0:
        return 0.0
    k = np.arange(max(8, math.ceil(16 * z / math.pi)) + 2, dtype=np.float64)
    q = np.exp(-pi2 / 8 / z2 * (2 * k + 1) ** 2)
    m2 = (2 * k + 1) ** 2 * pi2 / 4
    k2 = (k + 1) ** 2
    e = np.exp(-pi2 / 2 / z2 * k2)
    first = root / z * q.sum()
    second = root / 6 / z4 * ((m2 - z2) * q).sum()
    third = root / 72 / z**7 * ((6 * z6 + 2 * z4 + m2 * (2 * z4 - 5 * z2) + m2**2 * (1 - 2 * z2)) * q).sum()
    third -= root / 36 / z**3 * (pi2 * k2 * e).sum()
    series = -30 * z6 - 90 * z6 * z2 + m2 * (135 * z4 - 96 * z6) + m2**2 * (212 * z4 - 60 * z2) + m2**3 * (5 - 30 * z2)
    fourth = root / 6480 / z**10 * (series * q).sum()
    fourth += root / 216 / z**6 * ((3 * pi2 * k2 * z2 - pi2**2 * k2**2) * e).sum()
    total = first + second / math.sqrt(n) + third / n + fourth / n**1.5
    return float(min(1.0, max(0.0, total)))
