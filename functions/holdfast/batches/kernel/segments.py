"""How each column is spread within each level of a few others, over a sample: additive counts.

They tell whether a change stands in one shop, country or plan, or everywhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints, Kind
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.sampled import MISSING, Coded, Coder, Codes, ReferenceColumn
from holdfast.shared.contract import explained
from holdfast.shared.errors import ContractError, IntegrityError

MOST_SEGMENTS = 16
MOST_LEVELS = 24
MOST_SLOTS = 128  # levels over all segment columns, with one more each for any other and one for none
MOST_COLUMNS = 200
SURE_SHARE = 0.9
BINS = 16
WAYS = BINS + 1
CELLS = 1 << 10
Table = NDArray[np.uint8]


class Segment(BaseModel):
    """A column whose levels are told apart; after its levels come any other value, and none."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    levels: tuple[str, ...] = Field(min_length=2, max_length=MOST_LEVELS)

    @property
    def slots(self) -> int:
        """Count the levels, with the other values and the missing ones."""
        return len(self.levels) + 2


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)

    names: tuple[str, ...] = Field(max_length=MOST_COLUMNS)
    segments: tuple[Segment, ...] = Field(max_length=MOST_SEGMENTS)
    rows: int = Field(ge=0)


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Counts of shape (slots of all segment columns, columns, 16 bins and missing) over `rows` sampled rows."""

    names: tuple[str, ...]
    segments: tuple[Segment, ...]
    rows: int
    counts: Ints

    @classmethod
    def of(cls, coded: Coded, columns: Mapping[str, ReferenceColumn]) -> Self:
        """Count a sample coded against the reference; which columns are told apart is the reference's to say."""
        names = tuple(columns)[:MOST_COLUMNS]
        found = dict(_segments(columns))
        codes = coded.only((*names, *(segment.name for segment in found)))
        bins = [_bins_of(columns[name].kind)[codes.codes[:, at]] for at, name in enumerate(names)]
        levels = [table[codes.codes[:, len(names) + at]] for at, table in enumerate(found.values())]
        counts = np.zeros((sum(segment.slots for segment in found), len(names), WAYS), np.int64)
        for first, group in _groups([segment.slots for segment in found]):
            start = sum(segment.slots for segment in list(found)[:first])
            _count(levels[first : first + len(group)], group, bins, counts[start : start + sum(group)])
        return cls(names, tuple(found), coded.rows, counts)

    def __add__(self, other: "Segments") -> "Segments":
        """Put two parts together; raises `ContractError` if they tell other columns or levels apart."""
        if (self.names, self.segments) != (other.names, other.segments):
            raise ContractError("two samples disagree: they are counted by other columns or levels")
        return Segments(self.names, self.segments, self.rows + other.rows, self.counts + other.counts)

    def of_segment(self, segment: Segment) -> Ints:
        """Give the counts by the levels of one column, of shape (slots, columns, 17)."""
        start = sum(known.slots for known in self.segments[: self.segments.index(segment)])
        return self.counts[start : start + segment.slots]

    def described(self) -> dict[str, Any]:
        """Write what is no array as JSON."""
        described = _Described(names=self.names, segments=self.segments, rows=self.rows)
        return described.model_dump(mode="json")

    def arrays(self) -> list[Ints]:
        """Write the counts as one flat array."""
        return [self.counts.ravel()]

    @classmethod
    def restored(cls, header: Mapping[str, Any], arrays: Iterable[NDArray[Any]]) -> Self:
        """Read back what `described` and `arrays` wrote, taking one array; raises `IntegrityError` else."""
        try:
            described = _Described.model_validate(header)
        except ValidationError as error:
            raise IntegrityError(f"not a sample by segments: {explained(error)}") from error
        shape = sum(segment.slots for segment in described.segments), len(described.names), WAYS
        counts = next(iter(arrays), None)
        if counts is None or counts.dtype != np.int64 or len(counts) != prod(shape) or (counts < 0).any():
            raise IntegrityError(f"not a sample by segments: its counts are not {prod(shape)} numbers")
        return cls(described.names, described.segments, described.rows, counts.reshape(shape))


def _segments(columns: Mapping[str, ReferenceColumn]) -> Iterator[tuple[Segment, Table]]:
    """Choose the columns whose levels are told apart, each with the table from code to level.

    Categories come first, then whole numbers of few values; a column whose levels are too many for what room is left
    is passed over.
    """
    room, left = MOST_SLOTS, MOST_SEGMENTS
    for kind in (Kind.CATEGORY, Kind.NUMBER):
        for name, column in columns.items():
            found = _levels(column) if column.kind is kind else {}
            if left and 2 <= len(found) <= room - 2:
                table = np.full(MISSING + 1, len(found), np.uint8)
                table[list(found.values())] = np.arange(len(found))
                table[MISSING] = len(found) + 1
                yield Segment(name=name, levels=tuple(found)), table
                room, left = room - len(found) - 2, left - 1


def _levels(column: ReferenceColumn) -> dict[str, int]:
    """Name the levels of a column with their codes, or none if it has too many."""
    coder = Coder.of(column)
    if isinstance(column.values, Categories):
        order = coder.labels[:MOST_LEVELS]
        covered = int(np.sort(column.values.counts)[::-1][: len(order)].sum())
        return {name: code for code, name in enumerate(order)} if covered >= SURE_SHARE * column.values.n else {}
    if not isinstance(column.values, Distribution) or len(column.values.knots) > MOST_LEVELS:
        return {}
    knots = column.values.knots
    if knots.dtype.kind == "f" and not (np.isfinite(knots).all() and (knots == np.round(knots)).all()):
        return {}
    names = [("false", "true")[int(knot)] if column.type == "bool" else f"{int(knot)}" for knot in knots]
    return _numbered(names, coder.scores(knots))


def _numbered(names: list[str], codes: Codes) -> dict[str, int]:
    """Name the codes of ordered values; those too rare to have a code of their own are one level."""
    found: dict[str, int] = {}
    for code in dict.fromkeys(codes.tolist()):
        alike = [name for name, other in zip(names, codes, strict=True) if other == code]
        found[alike[0] if len(alike) == 1 else f"{alike[0]} to {alike[-1]}"] = code
    return found


def _bins_of(kind: Kind) -> Table:
    """Give the table from code to coarse bin: sixteenths of the reference's ranks, or its 15 most frequent labels."""
    codes = np.arange(MISSING + 1)
    bins = codes // BINS if kind in (Kind.NUMBER, Kind.TIME) else np.minimum(codes, BINS - 1)
    bins[MISSING] = BINS
    return bins.astype(np.uint8)


def _groups(slots: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Put segment columns together that can be counted at once: few levels have few combinations."""
    first, group = 0, list[int]()
    for at, size in enumerate(slots):
        if group and prod(group) * size > CELLS:
            yield first, group
            first, group = at, []
        group.append(size)
    if group:
        yield first, group


def _count(levels: list[Codes], slots: list[int], bins: list[Codes], counts: Ints) -> None:
    """Count each column by all levels of a group at once, then by those of each alone."""
    place = np.zeros(len(levels[0]), np.intp)
    for level, size in zip(levels, slots, strict=True):
        place = place * size + level
    place *= WAYS
    for column, bin_ in enumerate(bins):
        table = np.bincount(place + bin_, minlength=prod(slots) * WAYS).reshape(*slots, WAYS)
        start = 0
        for axis, size in enumerate(slots):
            others = tuple(other for other in range(len(slots)) if other != axis)
            counts[start : start + size, column] = table.sum(axis=others)
            start += size
