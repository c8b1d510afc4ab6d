"""Which pairs of columns no longer go together as they did: rank correlations of two samples, from pair sums alone."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from holdfast.batches.kernel.joint import Floats, Joint
from holdfast.batches.kernel.statistics import quantile

SPEARMAN_VARIANCE = 1.06
STEEPEST = 0.95
FEWEST = 10
SURELY = 1e-3
HALF = 0.5


class PairChange(NamedTuple):
    """The change of one column's rank correlation with another, and the p-value of the largest of `pairs` of them."""

    other: str
    before: float
    now: float
    n: int
    m: int
    p: float
    pairs: int
    error: float = 0.0
    together: float = math.inf

    @property
    def size(self) -> float:
        """Give how far the correlation moved, from 0 to 2."""
        return abs(self.now - self.before)

    def bounds(self, alpha: float) -> tuple[float, float]:
        """Give what the change may truly be, with probability 1 - alpha for all pairs of the column at once."""
        reach = quantile(alpha / self.pairs)
        if math.isfinite(self.together):
            wide = (reach + reach**2 / (4 * math.sqrt(self.together))) * self.error
            return max(0.0, self.size - wide), min(2.0, self.size + wide)
        reach *= _error(self.n, self.m)
        start, end = _z(self.before), _z(self.now)
        way, far = math.copysign(1, end - start), abs(end - start)
        nearest = math.tanh(start + way * max(0.0, far - reach)) - math.tanh(start)
        furthest = math.tanh(start + way * (far + reach)) - math.tanh(start)
        beyond = abs(self.before - math.tanh(start))
        return min(abs(nearest), self.size), max(abs(furthest) + beyond, self.size)


def changed_pairs(
    reference: Joint, batch: Joint, moved: Mapping[str, float], apart: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, PairChange]:
    """Give each column's largest change of a rank correlation among the columns of `moved`.

    A pair is told of once, at the column whose own values moved more: a column that stays as it was is not blamed for
    its neighbour. Of several sure changes the largest counts, else the least probable one. Fisher's z with variance
    1.06 / (n - 3): E. C. Fieller, H. O. Hartley, E. S. Pearson, Biometrika 44, 1957; over a column's pairs Bonferroni.

    `apart` says which share of a column's values differs from its most frequent one, in the reference and in the batch.
    Where that is less than half, few rows make the correlation, and Fisher's z would call their chance a change. So it
    would where nearly all rows agree, and a few that do not decide: correlations beyond 0.95 count as 0.95.
    """
    names = [name for name in reference.names if name in batch.names and name in moved]
    if len(names) < 2:
        return {}
    before, n = _of(reference, names)
    now, m = _of(batch, names)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(SPEARMAN_VARIANCE * (1 / (n - 3) + 1 / (m - 3)))
        z = np.abs(_zs(now) - _zs(before)) / error
        together = np.full(z.shape, np.inf)
        if apart:
            shares = np.array([apart.get(name, (1.0, 1.0)) for name in names])
            few = (shares < HALF).any(axis=1)
            of_few = few[:, None] | few[None, :]
            wide, rows = _of_few_rows(before, now, n, m, shares)
            z = np.where(of_few, _stabilized(np.abs(now - before) / wide, rows), z)
            error, together = np.where(of_few, wide, error), np.where(of_few, rows, together)
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
            names[to], float(before[at, to]), float(now[at, to]), int(n[at, to]), int(m[at, to]), p, pairs,
            float(error[at, to]), float(together[at, to]),
        )  # fmt: skip
    return found


def _of_few_rows(before: Floats, now: Floats, n: Floats, m: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Give the error of a change of correlation, and in how many rows both columns leave their most frequent value.

    Of two columns that are seldom anything but zero, these rows alone make the correlation: their number is as in a
    Poisson law, whose relative error is the root of its inverse; r apart from 0 varies as much more as they are fewer.
    """
    pooled = np.abs(n * before + m * now) / (n + m)
    rows, variance = np.full(n.shape, np.inf), np.zeros(n.shape)
    for side, size in zip(shares.T, (n, m), strict=True):
        both = np.outer(side, side)
        rows = np.minimum(rows, size * (pooled * np.minimum.outer(side, side) + both))
        excess = pooled * (1 / np.minimum(1.0, 2 * np.sqrt(both)) - 1)
        variance += SPEARMAN_VARIANCE / (size - 3) * (1 + excess)
    return np.sqrt(variance), rows


def _stabilized(z: Floats, rows: Floats) -> Floats:
    """Give the normal deviate of a count that lies so many errors above its mean (M. S. Bartlett, 1936: its root)."""
    root = np.sqrt(rows)
    found: Floats = 2 * root * (np.sqrt(1 + z / root) - 1)
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
