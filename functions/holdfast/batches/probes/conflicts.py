"""Rows that agree in every feature and not in the label: a bottom-k sample of the distinct feature rows.

Of each sampled feature row all rows are counted, and the least and the greatest hash of their labels kept: they differ
if the labels do. All of it is associative and commutative, and exact while there are fewer distinct rows than k.
"""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.probe import Probe
from holdfast.batches.probes.concentration import CERTAIN, SURE, signed, unseen_share
from holdfast.batches.probes.hashing import Hashes, hashed, is_hashable, rows_hashed

MOST = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Conflicts:
    """Sampled feature rows by hash: how often each occurs, the ends of the hashes of its labels, and sums of all."""

    rows: Hashes
    counts: Ints
    least: Hashes
    greatest: Hashes
    sums: Ints
    n: int
    most: int = MOST

    @property
    def is_complete(self) -> bool:
        """Tell whether every distinct feature row is here."""
        return len(self.rows) < self.most

    @property
    def share(self) -> tuple[float, float]:
        """Give the share of rows whose features stand with another label too, and its error (99 in 100 times)."""
        share, spread = self._drawn
        if self.is_complete:
            return share, 0.0
        distinct = (len(self.rows) - 1) / (float(self.rows[-1]) / 2.0**64)
        fraction = min(1.0, len(self.rows) / distinct)
        return share, SURE * spread + unseen_share(self.n, self.counts, self.sums, fraction=fraction)

    @property
    def sure_share(self) -> float:
        """Give a share that it is at the least; by chance less than once in a million times it is not."""
        share, spread = self._drawn
        return share if self.is_complete else max(0.0, share - CERTAIN * spread)

    @property
    def _drawn(self) -> tuple[float, float]:
        """Give the share in the sample, and its standard error."""
        counts = self.counts.astype(np.float64)
        if not (seen := float(counts.sum())):
            return 0.0, 0.0
        torn = np.where(self.least != self.greatest, counts, 0.0)
        share = float(torn.sum()) / seen
        return share, math.sqrt(float(np.square(torn - share * counts).sum())) / seen

    def __add__(self, other: "Conflicts") -> "Conflicts":
        """Put two parts together."""
        return _gathered(
            np.append(self.rows, other.rows),
            np.append(self.counts, other.counts),
            np.append(self.least, other.least),
            np.append(self.greatest, other.greatest),
            sums=self.sums + other.sums,
            n=self.n + other.n,
            most=self.most,
        )


def _gathered(
    rows: Hashes, counts: Ints, least: Hashes, greatest: Hashes, *, sums: Ints, n: int, most: int
) -> Conflicts:
    order = np.argsort(rows, kind="stable")
    rows, counts, least, greatest = rows[order], counts[order], least[order], greatest[order]
    first = np.flatnonzero(np.append(np.ones(min(1, len(rows)), bool), rows[1:] != rows[:-1]))
    if len(first):
        counts = np.add.reduceat(counts, first)
        least, greatest = np.minimum.reduceat(least, first), np.maximum.reduceat(greatest, first)
    return Conflicts(rows[first][:most], counts[:most], least[:most], greatest[:most], sums, n, most)


def conflicts(label: str, *features: str, most: int = MOST) -> Probe[Conflicts]:
    """Count rows with a label by their features; a feature without a value is one more value of it."""

    def count(labels: pa.Array, *chunks: pa.Array) -> Conflicts:
        if not all(is_hashable(chunk.type) for chunk in (labels, *chunks)):
            return nothing
        said, there = hashed(labels)
        rows, said = rows_hashed(chunks)[there], said[there]
        return _gathered(rows, np.ones(len(rows), np.int64), said, said, sums=signed(rows), n=len(rows), most=most)

    empty = np.zeros(0, np.uint64)
    nothing = Conflicts(empty, np.zeros(0, np.int64), empty, empty, signed(empty), 0, most)
    identity = f"conflicts {most} {(label, *features)!r}"
    return Probe(identity, (label, *features), nothing, count, lambda one, other: one + other)
