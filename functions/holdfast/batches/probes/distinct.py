"""How many distinct values there are, and how many occur once: a bottom-k sample of their hashes, each with its count.

The values of the k smallest hashes are a sample of the distinct values that is as random as the hash (Cohen, Kaplan
2007), and the k-th smallest hash tells how many there are (Bar-Yossef et al. 2002). A value among the smallest of the
whole is among the smallest of its part, so each count is exact and the parts add up to the same whatever the split.
"""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.probe import Probe
from holdfast.batches.probes.concentration import CERTAIN, DEVIATION, SURE, second_moment, signed, unseen_share
from holdfast.batches.probes.hashing import Hashes, hashed, is_hashable, rows_hashed

MOST = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The smallest hashes in order, how often each occurs, the signed sums of all, and how many values there are."""

    hashes: Hashes
    counts: Ints
    sums: Ints
    n: int
    most: int = MOST

    @property
    def is_complete(self) -> bool:
        """Tell whether every distinct value is here: then nothing is estimated."""
        return len(self.hashes) < self.most

    @property
    def distinct(self) -> float:
        """Give the number of distinct values, or its estimate, which is not more than there are values."""
        if self.is_complete:
            return float(len(self.hashes))
        return min(float(self.n), (len(self.hashes) - 1) / (float(self.hashes[-1]) / 2.0**64))

    @property
    def error(self) -> float:
        """Give the relative error of `distinct` that holds 99 in 100 times."""
        return 0.0 if self.is_complete else SURE / math.sqrt(len(self.hashes) - 2)

    @property
    def repeated(self) -> tuple[float, float]:
        """Give the share of values that occur more than once, and its error that holds 99 in 100 times."""
        counts = self.counts.astype(np.float64)
        seen = float(counts.sum())
        if not seen:
            return 0.0, 0.0
        again = np.where(counts > 1, counts, 0.0)
        share = float(again.sum()) / seen
        if self.is_complete:
            return share, 0.0
        spread = math.sqrt(float(np.square(again - share * counts).sum())) / seen
        fraction = min(1.0, len(counts) / self.distinct)
        return share, SURE * spread + unseen_share(self.n, self.counts, self.sums, fraction=fraction)

    @property
    def surely_repeated(self) -> float:
        """Give a share of values that occurs more than once at the least; by chance less than once in a million times.

        Of n values d distinct ones leave n - d that repeat another; and the squares of counts make n only if all are 1.
        """
        counts = self.counts.astype(np.float64)
        seen = float(counts.sum())
        if self.is_complete or not seen:
            return self.repeated[0]
        again = np.where(counts > 1, counts, 0.0)
        share = float(again.sum()) / seen
        spread = math.sqrt(float(np.square(again - share * counts).sum())) / seen
        missing = 1 - self.distinct * (1 + CERTAIN / math.sqrt(len(counts) - 2)) / self.n
        squares = second_moment(self.sums) / (1 + CERTAIN * DEVIATION) - self.n
        frequent = math.sqrt(squares) / self.n if squares > 0 else 0.0
        return max(0.0, share - CERTAIN * spread, missing, frequent)

    def __add__(self, other: "Distinct") -> "Distinct":
        """Put two parts together."""
        hashes, counts = np.append(self.hashes, other.hashes), np.append(self.counts, other.counts)
        return Distinct(*_smallest(hashes, counts, self.most), self.sums + other.sums, self.n + other.n, self.most)


def _smallest(hashes: Hashes, counts: Ints, most: int) -> tuple[Hashes, Ints]:
    """Keep the smallest hashes, each once with the sum of its counts."""
    order = np.argsort(hashes, kind="stable")
    hashes, counts = hashes[order], counts[order]
    first = np.flatnonzero(np.append(np.ones(min(1, len(hashes)), bool), hashes[1:] != hashes[:-1]))
    summed = np.add.reduceat(counts, first) if len(first) else counts
    return hashes[first][:most], summed[:most]


def of_hashes(hashes: Hashes, *, most: int = MOST) -> Distinct:
    """Take the hashes of a chunk, one for each value."""
    ordered = np.sort(hashes)
    first = np.flatnonzero(np.append(np.ones(min(1, len(ordered)), bool), ordered[1:] != ordered[:-1]))
    counts = np.diff(np.append(first, len(ordered))).astype(np.int64)
    return Distinct(ordered[first][:most], counts[:most], signed(hashes), len(hashes), most)


def distinct(*columns: str, most: int = MOST) -> Probe[Distinct]:
    """Count distinct values of a column, or distinct rows of several that lack no value."""

    def count(*chunks: pa.Array) -> Distinct:
        if not all(is_hashable(chunk.type) for chunk in chunks):
            return nothing
        there: NDArray[np.bool_] = np.stack([hashed(chunk)[1] for chunk in chunks]).all(axis=0)
        rows = hashed(chunks[0])[0] if len(chunks) == 1 else rows_hashed(chunks)
        return of_hashes(rows[there], most=most)

    nothing = Distinct(np.zeros(0, np.uint64), np.zeros(0, np.int64), signed(np.zeros(0, np.uint64)), 0, most)
    return Probe(f"distinct {most} {columns!r}", columns, nothing, count, lambda one, other: one + other)
