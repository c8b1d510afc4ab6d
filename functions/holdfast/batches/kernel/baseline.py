"""A reference in numbers: what batches are held against, and the one small file it is kept in."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from holdfast.batches.kernel.categories import BUCKETS, Categories
from holdfast.batches.kernel.columns import Kind, Numbers, Seen, kind_of, labels, numbers, unread
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.moments import Moments
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.packing import pack
from holdfast.batches.kernel.sampled import Coded, Coder, Codes, Sampling
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
from holdfast.batches.kernel.watch import Watch
from holdfast.shared.errors import IntegrityError

KNOTS = 4096
CODED = frozenset({Kind.NUMBER, Kind.TIME, Kind.CATEGORY})
Chunks = Iterable[pa.Array] | Callable[[], Iterable[pa.Array]]


@dataclass(frozen=True, slots=True, eq=False)
class BaselineColumn:
    """A column of the reference: its type, what is missing, and how its values are spread.

    `infinite` values, of either sign, are among the `n`; `moments` are those of the others, None in a baseline of the
    first version.
    """

    type: str
    kind: Kind
    n: int
    nulls: int
    nans: int
    values: Distribution | Categories | None
    infinite: tuple[int, int] = (0, 0)
    moments: Moments | None = None

    @property
    def missing(self) -> int:
        """Count the values that are not there, in whichever way."""
        return self.nulls + self.nans

    @classmethod
    def of(cls, chunks: Chunks, data_type: pa.DataType, *, knots: int | None = KNOTS) -> Self:
        """Take a column in, chunk by chunk; without `knots` every value is kept.

        Chunks given as a function are asked for up to a few times where there are more numbers than may be held; given
        as they are, they are held.
        """
        kind, seen = kind_of(data_type), Seen()
        if kind in (Kind.NUMBER, Kind.TIME):
            values, tally = Distribution.measured(_again(chunks, seen), knots=knots)
            counted = seen.n, seen.nulls, seen.nans
            return cls(str(data_type), kind, *counted, values, tally.infinite, tally.moments)
        once = chunks() if callable(chunks) else chunks
        categories = Categories.of(seen.noted(labels(chunk)) for chunk in once) if kind is Kind.CATEGORY else None
        if categories is None:
            for chunk in once:
                seen.noted(unread(chunk))
        return cls(str(data_type), kind, seen.n, seen.nulls, seen.nans, categories)


def _again(chunks: Chunks, seen: Seen) -> Callable[[], Iterator[Numbers]]:
    """Give the numbers of chunks as often as they are asked for, and note what was seen the first time."""
    held = chunks if callable(chunks) else [*chunks]
    notes = iter([seen])

    def taken() -> Iterator[Numbers]:
        note = next(notes, Seen())
        return (note.noted(numbers(chunk)).numbers for chunk in (held() if callable(held) else held))

    return taken


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A reference in numbers: what batches are held against."""

    rows: int
    columns: Mapping[str, BaselineColumn]
    joint: Joint | None = None
    segments: Segments | None = None

    @classmethod
    def of(cls, table: pa.Table, *, knots: int | None = KNOTS) -> Self:
        """Take a table in memory as the reference, as if it were read from one file."""
        named = zip(table.schema, table.columns, strict=True)
        columns = {field.name: BaselineColumn.of(c.chunks, field.type, knots=knots) for field, c in named}
        codes = codes_of(table, columns, Sampling.of(table.num_rows))
        coded = Coded.joined(tuple(columns), codes, rows=max(map(len, codes.values()), default=0))
        return cls(table.num_rows, columns, Joint.of(coded, columns), Segments.of(coded, columns))

    def to_bytes(self) -> bytes:
        """Write one small file, the same for the same reference, so that its SHA-256 can be its name."""
        described = _Described(
            rows=self.rows,
            columns=tuple(_described(*named) for named in self.columns.items()),
            samples=StoredSamples.of(self.joint, self.segments),
        )
        arrays = [array for column in self.columns.values() for array in _arrays(column.values)]
        return pack(described.model_dump(mode="json"), [*arrays, *sample_arrays(self.joint, self.segments)])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read such a file, also of the first version; raises `IntegrityError` if it is anything else."""
        return cls(*read_file(data, "a baseline", _contents))


def codes_of(table: pa.Table, columns: Mapping[str, BaselineColumn], sampling: Sampling) -> dict[str, Codes]:
    """Code a sample of the rows of a table against these columns of the reference, where it has values of a kind."""
    codes: dict[str, Codes] = {}
    for name, column in columns.items():
        if name in table.column_names and kind_of(table.schema.field(name).type) in CODED:
            watch = Watch(sampling, Coder.of(column).codes)
            deque(watch.over(table[name].chunks), maxlen=0)
            codes[name] = np.concatenate([np.zeros(0, np.uint8), *watch.kept])
    return codes


class _DescribedColumn(StoredColumn):
    labels: tuple[str, ...] | None


class _Described(Stored):
    rows: int = Field(ge=0, le=MOST)
    columns: tuple[_DescribedColumn, ...]
    samples: StoredSamples = Field(default_factory=StoredSamples)


def _described(name: str, column: BaselineColumn) -> _DescribedColumn:
    return _DescribedColumn(
        name=name,
        type=column.type,
        kind=column.kind,
        n=column.n,
        nulls=column.nulls,
        nans=column.nans,
        moments=StoredMoments.of(column.moments),
        labels=column.values.labels if isinstance(column.values, Categories) else None,
    )


def _arrays(values: Distribution | Categories | None) -> list[NDArray[Any]]:
    if isinstance(values, Distribution):
        return [values.knots, steps_of(values.below, values.at_most)]
    return [] if values is None else [values.counts]


def _contents(
    header: dict[str, Any], arrays: Arrays
) -> tuple[int, dict[str, BaselineColumn], Joint | None, Segments | None]:
    described = _Described.model_validate(header)
    named_once(described.columns)
    columns = {column.name: _restored(column, arrays, described.rows) for column in described.columns}
    return described.rows, columns, *described.samples.restored(arrays)


def _restored(column: _DescribedColumn, arrays: Arrays, rows: int) -> BaselineColumn:
    values = _values(column, arrays)
    if column.rows != rows or (values is not None and values.n != column.n):
        raise IntegrityError(f"column {column.name!r} does not count {rows} rows")
    infinite = values.infinite if isinstance(values, Distribution) else (0, 0)
    moments = None if column.moments is None else column.moments.restored(column.n - sum(infinite))
    if moments is not None and (not isinstance(values, Distribution) or values.grid != moments.grid):
        raise IntegrityError(f"column {column.name!r} has moments that are not its own")
    return BaselineColumn(column.type, column.kind, column.n, column.nulls, column.nans, values, infinite, moments)


def _values(column: _DescribedColumn, arrays: Arrays) -> Distribution | Categories | None:
    if column.kind in (Kind.NUMBER, Kind.TIME):
        knots = next(arrays)
        below, at_most = from_steps(next(arrays), len(knots))
        if not _are_knots(knots) or not bool((at_most > below).all()) or np.any(below[:1]):
            raise IntegrityError(f"column {column.name!r} has no distribution")
        return Distribution(knots, below, at_most)
    if column.kind is not Kind.CATEGORY:
        return None
    counts = next(arrays)
    if len(counts) != (BUCKETS if column.labels is None else len(set(column.labels))) or not are_counts(counts):
        raise IntegrityError(f"column {column.name!r} has no categories")
    return Categories(column.labels, counts)


def _are_knots(knots: NDArray[Any]) -> bool:
    return bool((knots[1:] > knots[:-1]).all()) and not np.isnan(knots).any()
