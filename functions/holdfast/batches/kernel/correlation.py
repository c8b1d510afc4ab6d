"""Which pairs of columns no longer go together as they did: rank correlations of two samples, from pair sums alone."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from holdfast.batches.kernel.joint import Floats, Joint
from holdfast.batches.kernel.statistics import quantile

SPEARMAN_VARIANCE = 1.06
STEEPEST = 0.999
FEWEST = 10
SURELY = 1e-3


class PairChange(NamedTuple):
    """The change of one column's rank correlation with another, and the p-value of the largest of `pairs` of them."""

    other: str
    before: float
    now: float
    n: int
    m: int
    p: float
    pairs: int

    @property
    def size(self) -> float:
        """Give how far the correlation moved, from 0 to 2."""
        return abs(self.now - self.before)

    def bounds(self, alpha: float) -> tuple[float, float]:
        """Give what the change may truly be, with probability 1 - alpha for all pairs of the column at once."""
        reach = quantile(alpha / self.pairs) * _error(self.n, self.m)
        start, end = _z(self.before), _z(self.now)
        way, far = math.copysign(1, end - start), abs(end - start)
        nearest = math.tanh(start + way * max(0.0, far - reach)) - math.tanh(start)
        furthest = math.tanh(start + way * (far + reach)) - math.tanh(start)
        return min(abs(nearest), self.size), max(abs(furthest), self.size)


def changed_pairs(reference: Joint, batch: Joint, moved: Mapping[str, float]) -> dict[str, PairChange]:
    """Give each column's largest change of a rank correlation among the columns of `moved`.

    A pair is told of once, at the column whose own values moved more: a column that stays as it was is not blamed for
    its neighbour. Of several sure changes the largest counts, else the least probable one. Fisher's z with variance
    1.06 / (n - 3): E. C. Fieller, H. O. Hartley, E. S. Pearson, Biometrika 44, 1957; over a column's pairs Bonferroni.
    """
    names = [name for name in reference.names if name in batch.names and name in moved]
    if len(names) < 2:
        return {}
    before, n = _of(reference, names)
    now, m = _of(batch, names)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(SPEARMAN_VARIANCE * (1 / (n - 3) + 1 / (m - 3)))
        z = np.abs(_zs(now) - _zs(before)) / error
    own = np.array([moved[name] for name in names])
    rank = np.argsort(np.argsort(-own, kind="stable"), kind="stable")
    told = (rank[:, None] < rank[None, :]) & np.isfinite(z) & (np.minimum(n, m) >= FEWEST)
    pairs, found = len(names) - 1, {}
    sure = z >= quantile(SURELY / pairs)
    for at in np.flatnonzero(told.any(axis=1)).tolist():
        surely = told[at] & sure[at]
        score = np.where(surely, np.abs(now[at] - before[at]), -1) if surely.any() else np.where(told[at], z[at], -1)
        to = int(np.argmax(score))
        p = min(1.0, pairs * math.erfc(float(z[at, to]) / math.sqrt(2)))
        found[names[at]] = PairChange(
            names[to], float(before[at, to]), float(now[at, to]), int(n[at, to]), int(m[at, to]), p, pairs
        )
    return found


def _of(joint: Joint, names: list[str]) -> tuple[Floats, Floats]:
    at = np.array([joint.names.index(name) for name in names])
    return joint.correlations()[np.ix_(at, at)], joint.pairs()[np.ix_(at, at)].astype(np.float64)


def _zs(correlations: Floats) -> Floats:
    found: Floats = np.arctanh(np.clip(correlations, -STEEPEST, STEEPEST))
    return found


def _z(correlation: float) -> float:
    return math.atanh(min(STEEPEST, max(-STEEPEST, correlation)))


def _error(n: int, m: int) -> float:
    return math.sqrt(SPEARMAN_VARIANCE * (1 / (n - 3) + 1 / (m - 3)))
