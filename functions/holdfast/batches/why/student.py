"""Student's t distribution for whole degrees of freedom: M. Abramowitz and I. Stegun, 1964, 26.7.3 and 26.7.4."""

from math import atan, cos, pi, sin, sqrt


def tail(t: float, freedom: int) -> float:
    """Give the probability of a value above `t`, right to about 1e-15; `freedom` is at least 1."""
    angle = atan(t / sqrt(freedom))
    square, is_odd = cos(angle) ** 2, freedom % 2
    term = total = cos(angle) if is_odd else 1.0
    for step in range(2 + is_odd, freedom - 1, 2):
        term *= square * (step - 1) / step
        total += term
    inside = 2 / pi * (angle + sin(angle) * (total if freedom > 1 else 0.0)) if is_odd else sin(angle) * total
    return min(1.0, max(0.0, (1 - inside) / 2))


def quantile(above: float, freedom: int) -> float:
    """Give the value that a share of `above`, less than a half, lies beyond."""
    low, high = 0.0, 1.0
    while tail(high, freedom) > above:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle, freedom) > above else (low, middle)
    return high
