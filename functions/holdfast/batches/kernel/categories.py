"""Categories of a column as additive counts per label.

Beyond a cap on distinct labels a column is compared by buckets of their hashes: as additive, bounded, and without the
bias of keeping the labels that happened to be frequent. A change within a bucket is not seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from zlib import crc32

import numpy as np

from holdfast.batches.kernel.columns import Ints, Labels

MOST_LABELS = 10_000
BUCKETS = 64


@dataclass(frozen=True, eq=False)
class Categories:
    """A reference column: its labels in order with their counts, or the counts of buckets if they are too many."""

    labels: tuple[str, ...] | None
    counts: Ints

    @property
    def n(self) -> int:
        """Count its values."""
        return int(self.counts.sum())

    def occurring(self, times: int) -> int:
        """Count the labels that occur so often; those that occur once tell how many rows' labels are yet unseen."""
        return 0 if self.labels is None else int(np.count_nonzero(self.counts == times))

    @classmethod
    def of(cls, chunks: Iterable[Labels], *, most: int = MOST_LABELS) -> Self:
        """Count the labels of all chunks."""
        found: dict[str, int] = {}
        buckets, hashed = np.zeros(BUCKETS, np.int64), False
        for chunk in chunks:
            if hashed:
                np.add.at(buckets, _buckets(chunk.labels), chunk.counts)
                continue
            for label, count in zip(chunk.labels, chunk.counts.tolist(), strict=True):
                if count:
                    found[label] = found.get(label, 0) + count
            if len(found) > most:
                np.add.at(buckets, _buckets(found), np.array(list(found.values()), np.int64))
                hashed = True
        if hashed:
            return cls(None, buckets)
        names = sorted(found)
        return cls(tuple(names), np.array([found[name] for name in names], np.int64))

    def nothing(self) -> Ints:
        """Give the counts of no values."""
        return np.zeros(len(self.counts) + 1, np.int64)

    def count(self, chunk: Labels) -> Ints:
        """Count the values with each label or in each bucket, and last those with a label the reference has not."""
        counted = self.nothing()
        known = self.labels is not None
        at = [self._places.get(label, -1) for label in chunk.labels] if known else _buckets(chunk.labels)
        np.add.at(counted, np.asarray(at, np.intp), chunk.counts)
        return counted

    @cached_property
    def _places(self) -> dict[str, int]:
        return {label: place for place, label in enumerate(self.labels or ())}


def _buckets(labels: Iterable[str]) -> list[int]:
    return [crc32(label.encode()) % BUCKETS for label in labels]
