"""The gamma function's companions that the tests need, precise far out in the tails."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TINY = 1e-300
EPSILON = 1e-17
SERIES_FROM = 16


def _direct_error(n: float) -> float:
    return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi) if n > 0 else 0.0


DIRECT = np.array([_direct_error(half / 2) for half in range(2 * SERIES_FROM)])


def stirling_error(n: Floats) -> Floats:
    """Give log n! minus Stirling's formula, for n a multiple of one half.

    C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
    """
    safe = np.maximum(n, 1)
    inverse = 1 / safe**2
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - inverse / 1188) * inverse) * inverse) * inverse) / safe
    return np.where(n < SERIES_FROM, DIRECT[np.minimum(2 * n, len(DIRECT) - 1).astype(np.intp)], series)


def deviance(x: Floats, mean: Floats) -> Floats:
    """Give x log(x/mean) + mean - x, by its series where x is near the mean (Loader, 2000)."""
    ratio = (x - mean) / (x + mean)
    far = x * np.log(np.maximum(x, TINY) / np.maximum(mean, TINY)) + mean - x
    square, near, term = ratio * ratio, (x - mean) * ratio, 2 * x * ratio
    for odd in range(3, 25, 2):
        term = term * square
        near = near + term / odd
    return np.where(np.abs(ratio) < 0.1, near, far)


def upper_gamma(shape: float, x: float) -> float:
    """Give the regularised upper incomplete gamma function Q(shape, x), for shape a multiple of one half.

    Series and Lentz's continued fraction: W. H. Press et al., "Numerical Recipes", 3rd ed., 6.2.
    """
    if x <= 0:
        return 1.0
    at, mean = np.array([shape]), np.array([x])
    density = math.exp(-float(stirling_error(at)[0] + deviance(at, mean)[0])) * math.sqrt(shape / (2 * math.pi))
    if x < shape + 1:
        return max(0.0, 1 - density * _lower_series(shape, x))
    return density * _upper_fraction(shape, x)


def _lower_series(shape: float, x: float) -> float:
    term = total = 1 / shape
    while term > total * EPSILON:
        shape += 1
        term *= x / shape
        total += term
    return total


def _upper_fraction(shape: float, x: float) -> float:
    b = x + 1 - shape
    c, d = 1 / TINY, 1 / b
    value, step, count = d, 0.0, 0
    while abs(step - 1) > 1e-16 and count < 100_000:
        count += 1
        a = count * (shape - count)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        step = d * c
        value *= step
    return value
