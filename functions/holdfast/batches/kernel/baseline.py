"""A reference in numbers: what batches are held against, and the one small file it is kept in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.batches.kernel.categories import BUCKETS, Categories
from holdfast.batches.kernel.columns import Kind, Seen, kind_of, labels, numbers, unread
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.packing import pack, unpack
from holdfast.shared.contract import explained
from holdfast.shared.errors import IntegrityError

KNOTS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class BaselineColumn:
    """A column of the reference: its type, what is missing, and how its values are spread."""

    type: str
    kind: Kind
    n: int
    nulls: int
    nans: int
    values: Distribution | Categories | None

    @property
    def missing(self) -> int:
        """Count the values that are not there, in whichever way."""
        return self.nulls + self.nans

    @classmethod
    def of(cls, chunks: Iterable[pa.Array], data_type: pa.DataType, *, knots: int | None = KNOTS) -> Self:
        """Take a column in, chunk by chunk; without `knots` every value is kept."""
        kind, seen = kind_of(data_type), Seen()
        values: Distribution | Categories | None = None
        if kind in (Kind.NUMBER, Kind.TIME):
            values = Distribution.of((seen.noted(numbers(chunk)).numbers for chunk in chunks), knots=knots)
        elif kind is Kind.CATEGORY:
            values = Categories.of(seen.noted(labels(chunk)) for chunk in chunks)
        else:
            for chunk in chunks:
                seen.noted(unread(chunk))
        return cls(str(data_type), kind, seen.n, seen.nulls, seen.nans, values)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A reference in numbers: what batches are held against."""

    rows: int
    columns: Mapping[str, BaselineColumn]

    @classmethod
    def of(cls, table: pa.Table, *, knots: int | None = KNOTS) -> Self:
        """Take a table in memory as the reference."""
        named = zip(table.schema, table.columns, strict=True)
        return cls(
            table.num_rows, {field.name: BaselineColumn.of(c.chunks, field.type, knots=knots) for field, c in named}
        )

    def to_bytes(self) -> bytes:
        """Write one small file, the same for the same reference, so that its SHA-256 can be its name."""
        described = _Described(rows=self.rows, columns=tuple(_described(*named) for named in self.columns.items()))
        arrays = [array for column in self.columns.values() for array in _arrays(column.values)]
        return pack(described.model_dump(mode="json"), arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read such a file; raises `IntegrityError` if it is anything else."""
        header, arrays = unpack(data)
        try:
            described, left = _Described.model_validate(header), iter(arrays)
            columns = {column.name: _restored(column, left, described.rows) for column in described.columns}
        except (ValidationError, StopIteration) as error:
            said = explained(error) if isinstance(error, ValidationError) else "arrays are missing"
            raise IntegrityError(f"not a baseline: {said}") from error
        if len(columns) < len(described.columns) or next(left, None) is not None:
            raise IntegrityError("not a baseline: columns or arrays are there twice")
        return cls(described.rows, columns)


class _DescribedColumn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    type: str
    kind: Kind
    n: int = Field(ge=0)
    nulls: int = Field(ge=0)
    nans: int = Field(ge=0)
    labels: tuple[str, ...] | None


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: int = Field(ge=0)
    columns: tuple[_DescribedColumn, ...]


def _described(name: str, column: BaselineColumn) -> _DescribedColumn:
    names = column.values.labels if isinstance(column.values, Categories) else None
    return _DescribedColumn(
        name=name, type=column.type, kind=column.kind, n=column.n, nulls=column.nulls, nans=column.nans, labels=names
    )


def _arrays(values: Distribution | Categories | None) -> list[NDArray[Any]]:
    """Write counts as steps from one to the next: small numbers, which compress to little."""
    if isinstance(values, Distribution):
        cumulative = np.stack([values.below, values.at_most], axis=1).reshape(-1)
        return [values.knots, np.diff(cumulative, prepend=0)]
    return [] if values is None else [values.counts]


def _restored(column: _DescribedColumn, arrays: Iterator[NDArray[Any]], rows: int) -> BaselineColumn:
    values = _values(column, arrays)
    if column.n + column.nulls + column.nans != rows or (values is not None and values.n != column.n):
        raise IntegrityError(f"not a baseline: column {column.name!r} does not count {rows} rows")
    return BaselineColumn(column.type, column.kind, column.n, column.nulls, column.nans, values)


def _values(column: _DescribedColumn, arrays: Iterator[NDArray[Any]]) -> Distribution | Categories | None:
    if column.kind in (Kind.NUMBER, Kind.TIME):
        knots, steps = next(arrays), next(arrays)
        ordered = bool((knots[1:] > knots[:-1]).all()) and not np.isnan(knots).any()
        if len(steps) != 2 * len(knots) or not ordered or not _is_counting(steps):
            raise IntegrityError(f"not a baseline: column {column.name!r} has no distribution")
        cumulative = np.cumsum(steps).reshape(-1, 2)
        return Distribution(knots, np.ascontiguousarray(cumulative[:, 0]), np.ascontiguousarray(cumulative[:, 1]))
    if column.kind is not Kind.CATEGORY:
        return None
    counts = next(arrays)
    if len(counts) != (BUCKETS if column.labels is None else len(set(column.labels))) or not _is_counting(counts):
        raise IntegrityError(f"not a baseline: column {column.name!r} has no categories")
    return Categories(column.labels, counts)


def _is_counting(counts: NDArray[Any]) -> bool:
    return counts.dtype == np.int64 and bool((counts >= 0).all())
