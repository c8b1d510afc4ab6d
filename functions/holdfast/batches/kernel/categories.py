"""Categories of a column as additive counts per label.

Beyond a cap on distinct labels a column is compared by buckets of their hashes: as additive, bounded, and without the
bias of keeping the labels that happened to be frequent. A change within a bucket is not seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints, Labels

MOST_LABELS = 10_000
MOST_UNSEEN = 1_000
BUCKETS = 64


@dataclass(frozen=True, slots=True)
class Unseen:
    """Values whose category the reference lacks: how many, and the labels of the smallest hashes with their counts.

    `labels` holds at most 1000 labels, each with its exact count, in the order of their names; `is_complete` says that
    there are no others. Which are kept depends on their names alone, so parts add up to the same whatever the split.
    """

    total: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = True

    @classmethod
    def of(cls, labels: Sequence[str], counts: Ints) -> Self:
        """Take in labels, and how often each occurs."""
        if len(set(labels)) < len(labels):
            names, places = np.unique(np.array(labels, object), return_inverse=True)
            return cls.of(names.tolist(), np.bincount(places, counts).astype(np.int64))
        kept = _smallest(labels)
        found = {labels[at]: int(counts[at]) for at in kept}
        return cls(int(counts.sum()), dict(sorted(found.items())), len(kept) == len(labels))

    def __add__(self, other: "Unseen") -> "Unseen":
        """Put two parts together: a label among the smallest of both is among the smallest of each that has it."""
        both = dict(self.labels)
        for label, count in other.labels.items():
            both[label] = both.get(label, 0) + count
        kept = Unseen.of(list(both), np.array(list(both.values()), np.int64))
        is_complete = self.is_complete and other.is_complete and kept.is_complete
        return Unseen(self.total + other.total, kept.labels, is_complete)


@dataclass(frozen=True, eq=False)
class Categories:
    """A reference column: its labels in order with their counts, or the counts of buckets if they are too many."""

    labels: tuple[str, ...] | None
    counts: Ints

    @property
    def n(self) -> int:
        """Count its values."""
        return int(self.counts.sum())

    @property
    def is_hashed(self) -> bool:
        """Tell whether there were too many labels to keep, so that buckets of their hashes are counted instead."""
        return self.labels is None

    def occurring(self, times: int) -> int:
        """Count the labels that occur so often; those that occur once tell how many rows' labels are yet unseen."""
        return 0 if self.labels is None else int(np.count_nonzero(self.counts == times))

    @classmethod
    def of(cls, chunks: Iterable[Labels], *, most: int = MOST_LABELS) -> Self:
        """Count the labels of all chunks."""
        found: dict[str, int] = {}
        buckets: Ints | None = None
        for chunk in chunks:
            taken = 0 if buckets is not None else _taken(found, chunk, most)
            if buckets is None and len(found) > most:
                buckets = np.zeros(BUCKETS, np.int64)
                np.add.at(buckets, _buckets(found), np.array(list(found.values()), np.int64))
            if buckets is not None:
                np.add.at(buckets, np.array(_buckets(chunk.labels[taken:]), np.intp), chunk.counts[taken:])
        if buckets is not None:
            return cls(None, buckets)
        names = sorted(found)
        return cls(tuple(names), np.array([found[name] for name in names], np.int64))

    def nothing(self) -> Ints:
        """Give the counts of no values."""
        return np.zeros(len(self.counts) + 1, np.int64)

    def count(self, chunk: Labels) -> Ints:
        """Count the values with each label or in each bucket, and last those with a label the reference has not."""
        return self.tally(chunk)[0]

    def nothing_unseen(self) -> Unseen | None:
        """Give what is unseen among no values; of buckets, what is new cannot be told."""
        return None if self.is_hashed else Unseen()

    def tally(self, chunk: Labels) -> tuple[Ints, Unseen | None]:
        """Count the values with each label or in each bucket, and tell those of a label the reference has not."""
        counted = self.nothing()
        if self.labels is None:
            np.add.at(counted, np.asarray(_buckets(chunk.labels), np.intp), chunk.counts)
            return counted, None
        at = np.array([self._places.get(label, -1) for label in chunk.labels], np.intp)
        np.add.at(counted, at, chunk.counts)
        new = np.flatnonzero((at < 0) & (chunk.counts > 0))
        return counted, Unseen.of([chunk.labels[place] for place in new.tolist()], chunk.counts[new])

    @cached_property
    def fingerprint(self) -> str:
        """Name what is counted, so that only counts of the same are added."""
        text = "hashed" if self.labels is None else "\x00".join(map(repr, self.labels))
        return blake2b(text.encode(), digest_size=16).hexdigest()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {label: place for place, label in enumerate(self.labels or ())}


def _taken(found: dict[str, int], chunk: Labels, most: int) -> int:
    """Count the labels of a chunk until there are too many different ones, and say how far that was."""
    for at, (label, count) in enumerate(zip(chunk.labels, chunk.counts.tolist(), strict=True)):
        if count:
            found[label] = found.get(label, 0) + count
            if len(found) > most:
                return at + 1
    return len(chunk.labels)


def _buckets(labels: Iterable[str]) -> list[int]:
    return [crc32(label.encode()) % BUCKETS for label in labels]


def _smallest(labels: Sequence[str]) -> list[int]:
    """Give the places of the labels with the smallest hashes, of equal ones those first by name."""
    if len(labels) <= MOST_UNSEEN:
        return list(range(len(labels)))
    hashes = _mixed(np.array([crc32(label.encode()) for label in labels], np.uint32))
    last = np.partition(hashes, MOST_UNSEEN - 1)[MOST_UNSEEN - 1]
    near = np.flatnonzero(hashes <= last).tolist()
    return sorted(near, key=lambda at: (int(hashes[at]), labels[at]))[:MOST_UNSEEN]


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Spread the bits of hashes (A. Appleby's finalizer of MurmurHash3): names that follow each other are not near."""
    mixed: NDArray[np.uint32] = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed
