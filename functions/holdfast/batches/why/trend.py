"""Where a column is heading: in about how many batches its effect crosses the threshold, if that can be said. Pure.

A straight line through the history is believed only if three things hold: its slope is sure; the first differences say
so too, as they would not in a random walk; and in a rolling back-test, each forecast made from what was known then, it
clearly beats the naive forecast that all stays as it was last. When the line is at the threshold has an interval after
E. C. Fieller, "Some Problems in Interval Estimation", J. Royal Statistical Society B 16, 1954.
"""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.why.student import quantile, tail

FEWEST, MOST = 10, 24
FEWEST_KNOWN = 5
ALPHA = 0.01
FEWEST_COLUMNS = 10
SURE_DRIFT = 0.1
CONFIDENCE = 0.9
BEATEN, EACH_BEATEN = 0.8, 0.9
HORIZONS = (1, 2, 3)
FARTHEST, VAGUEST = 2.0, 4.0
CROSSED = 1.0
Floats = NDArray[np.float64]


class Crossing(NamedTuple):
    """In how many batches the threshold is crossed, the ends of an interval, and the errors of the back-test."""

    batches: int
    earliest: int
    latest: int
    error: float
    naive_error: float


class _Line(NamedTuple):
    n: int
    middle: float
    mean: float
    slope: float
    spread: float
    variance: float

    @classmethod
    def through(cls, values: Floats) -> "_Line":
        n = len(values)
        at = np.arange(n) - (n - 1) / 2
        spread = float((at**2).sum())
        slope, mean = float((at * values).sum() / spread), float(values.mean())
        variance = float(((values - mean - slope * at) ** 2).sum() / (n - 2))
        return cls(n, (n - 1) / 2, mean, slope, spread, variance)

    def ahead(self, steps: int) -> float:
        return self.mean + self.slope * (self.n - 1 + steps - self.middle)


def crossing(ratios: Sequence[float], *, columns: int = 1) -> Crossing | None:
    """Say in how many batches a column's effect crosses its threshold, of so many columns that are looked at.

    `ratios` are its effects as multiples of the threshold, the latest last. `None` if it is beyond already, or there
    are fewer than ten batches, or no trend that may be believed, or the crossing is farther away than its history is
    long twice, or may be four times.
    """
    values = np.array(ratios[-MOST:])
    if len(values) < FEWEST or values[-1] >= CROSSED:
        return None
    line = _Line.through(values)
    if not _is_sure(line, values, columns):
        return None
    error, naive = _back_test(values)
    ratio = [error[h] / naive[h] if naive[h] else 1.0 for h in HORIZONS]
    if max(ratio) > EACH_BEATEN or sum(ratio) / len(ratio) > BEATEN:
        return None
    found = _between(line)
    if found is None or found[0] > FARTHEST * len(values) or found[2] > VAGUEST * len(values):
        return None
    return Crossing(*found, error[1], naive[1])


def _is_sure(line: _Line, values: Floats, columns: int) -> bool:
    steps = np.diff(values)
    if line.slope <= 0 or steps.mean() <= 0:
        return False
    error = sqrt(max(line.variance, 1e-12) / line.spread)
    drift = steps.mean() / max(float(steps.std(ddof=1)), 1e-12) * sqrt(len(steps))
    return (
        tail(line.slope / error, line.n - 2) <= ALPHA / max(columns, FEWEST_COLUMNS)
        and tail(drift, len(steps) - 1) <= SURE_DRIFT
    )


def _back_test(values: Floats) -> tuple[dict[int, float], dict[int, float]]:
    """Give the mean absolute errors, by horizon, of the line and of the last value, from each moment of the past."""
    line: dict[int, list[float]] = {h: [] for h in HORIZONS}
    naive: dict[int, list[float]] = {h: [] for h in HORIZONS}
    for known in range(FEWEST_KNOWN, len(values)):
        fitted = _Line.through(values[:known])
        for h in HORIZONS:
            if known + h <= len(values):
                actual = values[known + h - 1]
                line[h].append(abs(fitted.ahead(h) - actual))
                naive[h].append(abs(values[known - 1] - actual))
    return tuple({h: float(np.mean(errors)) for h, errors in each.items()} for each in (line, naive))  # type: ignore[return-value]


def _between(line: _Line) -> tuple[int, int, int] | None:
    """Give when the line crosses, and the ends of Fieller's interval, in whole batches from the last."""
    t = quantile((1 - CONFIDENCE) / 2, line.n - 2)
    g = t**2 * line.variance / (line.slope**2 * line.spread)
    if g >= 1:
        return None
    distance = (CROSSED - line.mean) / line.slope
    half = t * sqrt(line.variance) / line.slope * sqrt((1 - g) / line.n + distance**2 / line.spread) / (1 - g)
    centre = distance / (1 - g)
    at = [ceil(place + line.middle - (line.n - 1)) for place in (distance, centre - half, centre + half)]
    return max(1, at[0]), max(1, at[1]), max(1, at[2])
