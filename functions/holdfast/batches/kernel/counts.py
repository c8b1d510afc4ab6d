"""A batch, or a part of one, as counts against a baseline: parts add up to the same numbers whatever the split."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import pyarrow as pa

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints, Kind, Seen, kind_of, labels, numbers, unread
from holdfast.batches.kernel.numeric import Distribution
from holdfast.shared.errors import ContractError


@dataclass(frozen=True, slots=True, eq=False)
class CountedColumn:
    """A column of a batch, and its counts against the reference's if they can be compared."""

    type: str
    kind: Kind
    n: int
    nulls: int
    nans: int
    counts: Ints | None

    @classmethod
    def of(cls, chunks: Iterable[pa.Array], data_type: pa.DataType, reference: BaselineColumn | None) -> Self:
        """Count a column, chunk by chunk."""
        kind, seen = kind_of(data_type), Seen()
        values = reference.values if reference is not None and kind in (reference.kind, Kind.EMPTY) else None
        counts = None if values is None else values.nothing()
        for chunk in chunks:
            if counts is None or kind is Kind.EMPTY:
                seen.noted(unread(chunk))
            elif isinstance(values, Distribution):
                counts += values.count(seen.noted(numbers(chunk)).numbers)
            elif isinstance(values, Categories):
                counts += values.count(seen.noted(labels(chunk)))
        return cls(str(data_type), kind, seen.n, seen.nulls, seen.nans, counts)

    @property
    def missing(self) -> int:
        """Count the values that are not there, in whichever way."""
        return self.nulls + self.nans

    def __add__(self, other: "CountedColumn") -> "CountedColumn":
        """Put two parts of a batch together; a part without values takes the type of the other."""
        if self.kind is not other.kind and Kind.EMPTY not in (self.kind, other.kind):
            raise ContractError(f"the parts of a batch disagree: {self.type} in one, {other.type} in another")
        typed = other if self.kind is Kind.EMPTY else self
        counts = None if self.counts is None or other.counts is None else self.counts + other.counts
        n, nulls, nans = self.n + other.n, self.nulls + other.nulls, self.nans + other.nans
        return CountedColumn(typed.type, typed.kind, n, nulls, nans, counts)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A batch, or a part of one, counted against a baseline; parts add up to the same numbers whatever the split."""

    rows: int
    columns: Mapping[str, CountedColumn]

    @classmethod
    def of(cls, baseline: Baseline, table: pa.Table) -> Self:
        """Count a table in memory."""
        named = zip(table.schema, table.columns, strict=True)
        columns = {f.name: CountedColumn.of(c.chunks, f.type, baseline.columns.get(f.name)) for f, c in named}
        return cls(table.num_rows, columns)

    def __add__(self, other: "Counts") -> "Counts":
        """Put two parts of a batch together; raises `ContractError` if they have not the same columns."""
        if self.columns.keys() != other.columns.keys():
            odd = sorted(self.columns.keys() ^ other.columns.keys())
            raise ContractError(f"the parts of a batch disagree: only one has {', '.join(odd[:3])}")
        return Counts(self.rows + other.rows, {name: self.columns[name] + other.columns[name] for name in self.columns})
