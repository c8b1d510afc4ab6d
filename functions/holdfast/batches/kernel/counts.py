"""A batch, or a part of one, as counts against a baseline: parts add up to the same numbers whatever the split."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn, codes_of
from holdfast.batches.kernel.categories import MOST_UNSEEN, Categories, Unseen
from holdfast.batches.kernel.columns import Ints, Kind, Seen, kind_of, labels, numbers, unread
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.moments import Moments
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.packing import pack
from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.kernel.sampled import Coded, Sampling
from holdfast.batches.kernel.segments import Segments
from holdfast.batches.kernel.stored import (
    MOST,
    Arrays,
    Stored,
    StoredColumn,
    StoredMoments,
    StoredSamples,
    are_counts,
    from_steps,
    named_once,
    read_file,
    sample_arrays,
    steps_of,
)
from holdfast.shared.errors import ContractError, IntegrityError

Compared = tuple[Ints | None, tuple[int, int], Moments | None, Unseen | None]
NOTHING: Compared = (None, (0, 0), None, None)


@dataclass(frozen=True, slots=True, eq=False)
class CountedColumn:
    """A column of a batch, and its counts against the reference's if they can be compared.

    `counts` are of shape (2, knots), below and up to each, or one per label with those the reference lacks last, or one
    per bucket; `infinite` values are among the `n`. `against` names what they were counted against. In a text file
    `unparsed` is how many values, at least, kept the column from being of the reference's type.
    """

    type: str
    kind: Kind
    n: int
    nulls: int
    nans: int
    counts: Ints | None
    infinite: tuple[int, int] = (0, 0)
    moments: Moments | None = None
    unseen: Unseen | None = None
    against: str | None = None
    unparsed: int = 0

    @classmethod
    def of(cls, chunks: Iterable[pa.Array], data_type: pa.DataType, reference: BaselineColumn | None) -> Self:
        """Count a column, chunk by chunk."""
        kind, seen = kind_of(data_type), Seen()
        values = reference.values if reference is not None and kind in (reference.kind, Kind.EMPTY) else None
        found = _compared(values, chunks if kind is not Kind.EMPTY else (), seen)
        if values is None or kind is Kind.EMPTY:
            for chunk in chunks:
                seen.noted(unread(chunk))
        against = None if values is None else values.fingerprint
        return cls(str(data_type), kind, seen.n, seen.nulls, seen.nans, *found, against)

    @property
    def missing(self) -> int:
        """Count the values that are not there, in whichever way."""
        return self.nulls + self.nans

    def outside(self, reference: Distribution) -> tuple[int, int] | None:
        """Count the values below the reference's least and above its greatest, exactly; None if it has none."""
        if self.counts is None or not len(reference.knots):
            return None
        return int(self.counts[0, 0]), self.n - int(self.counts[1, -1])

    def __add__(self, other: "CountedColumn") -> "CountedColumn":
        """Put two parts of a batch together; a part without values takes the type of the other.

        Of two types of one kind the one later by name is kept, whatever the order. Raises `ContractError` if they are
        of different kinds, or counted against different references.
        """
        if self.kind is not other.kind and Kind.EMPTY not in (self.kind, other.kind):
            raise ContractError(f"the parts of a batch disagree: {self.type} in one, {other.type} in another")
        if self.against != other.against and None not in (self.against, other.against):
            raise ContractError("the parts of a batch disagree: they were counted against different references")
        typed = max((self, other), key=lambda part: (part.kind is not Kind.EMPTY, part.type))
        n, nulls, nans = self.n + other.n, self.nulls + other.nulls, self.nans + other.nans
        found = CountedColumn(typed.type, typed.kind, n, nulls, nans, *self._compared(other))
        unparsed = self.unparsed + other.unparsed
        return replace(found, unparsed=unparsed) if unparsed else found

    def _compared(self, other: "CountedColumn") -> Any:
        if self.counts is None or other.counts is None:
            return (None,)
        infinite = self.infinite[0] + other.infinite[0], self.infinite[1] + other.infinite[1]
        moments = None if self.moments is None or other.moments is None else self.moments + other.moments
        unseen = None if self.unseen is None or other.unseen is None else self.unseen + other.unseen
        return self.counts + other.counts, infinite, moments, unseen, self.against


def _compared(values: Distribution | Categories | None, chunks: Iterable[pa.Array], seen: Seen) -> Compared:
    if isinstance(values, Distribution):
        tally = values.nothing_tallied()
        for chunk in chunks:
            tally = tally.joined(values.tally(seen.noted(numbers(chunk)).numbers))
        return tally.counts, tally.infinite, tally.moments, None
    if values is None:
        return NOTHING
    counts, unseen = values.nothing(), values.nothing_unseen()
    for chunk in chunks:
        more, new = values.tally(seen.noted(labels(chunk)))
        counts += more
        unseen = unseen + new if unseen is not None and new is not None and new.total else unseen
    return counts, (0, 0), None, unseen


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A batch, or a part of one, counted against a baseline; parts add up to the same numbers whatever the split."""

    rows: int
    columns: Mapping[str, CountedColumn]
    joint: Joint | None = None
    segments: Segments | None = None
    probed: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        baseline: Baseline,
        table: pa.Table,
        probes: Sequence[AnyProbe] = (),
        *,
        whole: int | None = None,
        before: int = 0,
    ) -> Self:
        """Count a table in memory as if it were read from one file, and what else the probes want of it.

        A part of a batch says how many rows the `whole` batch has, and how many lie `before` it: then the parts add up
        to the counts of the whole in any order. One that does not is sampled as a batch of its own. Raises
        `ContractError` if the part does not lie within the whole.
        """
        sampling = Sampling.of(_whole(table.num_rows, whole, before), before=before)
        named = zip(table.schema, table.columns, strict=True)
        columns = {f.name: CountedColumn.of(c.chunks, f.type, baseline.columns.get(f.name)) for f, c in named}
        there = [probe for probe in probes if set(probe.columns) <= columns.keys()]
        probed = {probe.id: _probed(probe, table) for probe in there}
        if baseline.joint is None and baseline.segments is None:
            return cls(table.num_rows, columns, probed=probed)
        known = baseline.columns
        coded = Coded.joined(tuple(known), codes_of(table, known, sampling), rows=sampling.count(table.num_rows))
        return cls(table.num_rows, columns, Joint.of(coded, known), Segments.of(coded, known), probed)

    def __add__(self, other: "Counts") -> "Counts":
        """Put two parts of a batch together; raises `ContractError` if they have not the same columns."""
        return self.plus(other)

    def plus(self, other: "Counts", probes: Sequence[AnyProbe] = ()) -> "Counts":
        """Put two parts together, and what these probes counted in both; any other is left out."""
        if self.columns.keys() != other.columns.keys():
            odd = sorted(self.columns.keys() ^ other.columns.keys())
            raise ContractError(f"the parts of a batch disagree: only one has {', '.join(odd[:3])}")
        columns = {name: self.columns[name] + other.columns[name] for name in self.columns}
        adds = {probe.id: probe.add for probe in probes if probe.id in self.probed and probe.id in other.probed}
        probed = {id_: add(self.probed[id_], other.probed[id_]) for id_, add in adds.items()}
        joint = None if self.joint is None or other.joint is None else self.joint + other.joint
        segments = None if self.segments is None or other.segments is None else self.segments + other.segments
        return Counts(self.rows + other.rows, columns, joint, segments, probed)

    def to_bytes(self) -> bytes:
        """Write one small file, the same for the same counts; what probes counted is not kept."""
        columns = {name: self.columns[name] for name in sorted(self.columns)}
        described = _Described(
            what="counts",
            rows=self.rows,
            columns=tuple(_described(*named) for named in columns.items()),
            samples=StoredSamples.of(self.joint, self.segments),
        )
        arrays = [_array(column.counts) for column in columns.values() if column.counts is not None]
        return pack(described.model_dump(mode="json"), [*arrays, *sample_arrays(self.joint, self.segments)])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read such a file; raises `IntegrityError` if it is anything else."""
        return cls(*read_file(data, "counts", _contents))


def _whole(rows: int, whole: int | None, before: int) -> int:
    """Give how many rows the batch has that a part of so many lies in: the part alone, if nothing is said."""
    if before < 0 or before + rows > (rows if whole is None else whole):
        raise ContractError(f"{rows} rows behind {before} others, expected them within {whole or rows}")
    return rows if whole is None else whole


def _probed(probe: AnyProbe, table: pa.Table) -> Any:
    state = probe.nothing
    for batch in table.select(list(probe.columns)).to_batches():
        state = probe.taken(state, *batch.columns)
    return state


class _StoredUnseen(Stored):
    labels: dict[str, int] = Field(max_length=MOST_UNSEEN)
    is_complete: bool


class _DescribedColumn(StoredColumn):
    against: str | None = Field(max_length=64)
    unparsed: int = Field(default=0, ge=0, le=MOST)
    shape: Literal["knots", "places"] | None
    infinite: tuple[Annotated[int, Field(ge=0, le=MOST)], Annotated[int, Field(ge=0, le=MOST)]]
    unseen: _StoredUnseen | None


class _Described(Stored):
    what: Literal["counts"]
    rows: int = Field(ge=0, le=MOST)
    columns: tuple[_DescribedColumn, ...]
    samples: StoredSamples


def _described(name: str, column: CountedColumn) -> _DescribedColumn:
    unseen = column.unseen
    return _DescribedColumn(
        name=name,
        type=column.type,
        kind=column.kind,
        n=column.n,
        nulls=column.nulls,
        nans=column.nans,
        moments=StoredMoments.of(column.moments),
        against=column.against,
        unparsed=column.unparsed,
        shape=None if column.counts is None else "knots" if column.counts.ndim == 2 else "places",
        infinite=column.infinite,
        unseen=None if unseen is None else _StoredUnseen(labels=dict(unseen.labels), is_complete=unseen.is_complete),
    )


def _array(counts: Ints) -> Ints:
    return steps_of(counts[0], counts[1]) if counts.ndim == 2 else counts


def _contents(
    header: dict[str, Any], arrays: Arrays
) -> tuple[int, dict[str, CountedColumn], Joint | None, Segments | None]:
    described = _Described.model_validate(header)
    named_once(described.columns)
    columns = {column.name: _restored(column, arrays, described.rows) for column in described.columns}
    return described.rows, columns, *described.samples.restored(arrays)


def _restored(column: _DescribedColumn, arrays: Arrays, rows: int) -> CountedColumn:
    counts = None if column.shape is None else _counts(column, next(arrays))
    moments = None if column.moments is None else column.moments.restored(column.n - sum(column.infinite))
    unseen = None if column.unseen is None else _unseen(column, counts)
    if column.rows != rows:
        raise IntegrityError(f"column {column.name!r} does not count {rows} rows")
    seen = column.n, column.nulls, column.nans
    return CountedColumn(
        column.type, column.kind, *seen, counts, column.infinite, moments, unseen, column.against, column.unparsed
    )


def _counts(column: _DescribedColumn, array: NDArray[Any]) -> Ints:
    if column.shape == "knots":
        counts = np.stack(from_steps(array, len(array) // 2))
        if np.max(counts, initial=0) <= column.n:
            return counts
    elif len(array) and are_counts(array) and int(array.sum()) == column.n:
        return array
    raise IntegrityError(f"column {column.name!r} has no counts of {column.n} values")


def _unseen(column: _DescribedColumn, counts: Ints | None) -> Unseen:
    total = int(counts[-1]) if counts is not None and counts.ndim == 1 else -1
    told = column.unseen.labels if column.unseen is not None else {}
    is_complete = column.unseen is not None and column.unseen.is_complete
    known = sum(told.values())
    if min(told.values(), default=1) < 1 or known > total or (is_complete and known < total):
        raise IntegrityError(f"column {column.name!r} has {total} new values, {known} of them named")
    return Unseen(total, dict(sorted(told.items())), is_complete)
