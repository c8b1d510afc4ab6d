"""Two samples as columns of numbers: what alibi-detect compares, with missing values told apart from values."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.batches.kernel.columns import Kind, kind_of
from holdfast.batches.verdict import shown

Vector = npt.NDArray[np.float64]
MOST_CATEGORIES = 100


@dataclass(frozen=True, slots=True)
class Column:
    """One column of both samples: values, or the codes of categories; NaN where a value is missing."""

    name: str
    categorical: bool
    reference: Vector
    batch: Vector

    @property
    def has_missing(self) -> bool:
        """Tell whether either sample misses a value here."""
        return bool(np.isnan(self.reference).any() or np.isnan(self.batch).any())


@dataclass(frozen=True, slots=True)
class Unread:
    """A column that cannot be compared, and why; it matters unless its type is one that never is."""

    name: str
    reason: str
    matters: bool


def aligned(reference: pa.Table, batch: pa.Table) -> tuple[list[Column], list[Unread]]:
    """Put the columns of the reference beside those of the batch, in the reference's order."""
    pairs = [_pair(name, reference, batch) for name in reference.column_names]
    return [pair for pair in pairs if isinstance(pair, Column)], [pair for pair in pairs if isinstance(pair, Unread)]


def _pair(name: str, reference: pa.Table, batch: pa.Table) -> Column | Unread:
    if name not in batch.column_names:
        return Unread(name, "missing from the batch", True)
    before, after = _plain(reference[name]), _plain(batch[name])
    kinds = kind_of(before.type), kind_of(after.type)
    if Kind.NESTED in kinds:
        return Unread(name, f"values of type {shown(str(reference[name].type))} are not compared", False)
    if kinds[0] is not kinds[1] and Kind.EMPTY not in kinds:
        return Unread(
            name, f"{shown(str(batch[name].type))}, expected {kinds[0]} as {shown(str(reference[name].type))}", True
        )
    if Kind.CATEGORY in kinds:
        return Column(name, True, *_coded(before.cast(pa.large_binary()), after.cast(pa.large_binary())))
    return Column(name, False, _numbers(before), _numbers(after))


def _plain(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take off what a type wraps around its values: an extension, a dictionary."""
    if isinstance(values.type, pa.BaseExtensionType):
        values = values.cast(values.type.storage_type)
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _numbers(values: pa.ChunkedArray) -> Vector:
    """Give numbers, and moments in microseconds whatever unit they were written in, as floats."""
    if (scale := _microseconds(values.type)) is not None:
        values = values.cast(scale, safe=False).cast(pa.int64())
    return np.asarray(values.cast(pa.float64(), safe=False).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _microseconds(kind: pa.DataType) -> pa.DataType | None:
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pa.timestamp("us", getattr(kind, "tz", None))
    if pa.types.is_time(kind):
        return pa.time64("us")
    return pa.duration("us") if pa.types.is_duration(kind) else None


def _coded(reference: pa.ChunkedArray, batch: pa.ChunkedArray) -> tuple[Vector, Vector]:
    """Code both by the reference's most frequent categories; whatever else occurs shares the code after the last."""
    counted = sorted(
        (-entry["counts"], entry["values"]) for entry in pc.value_counts(reference.drop_null()).to_pylist()
    )
    vocabulary = pa.array([value for _, value in counted[:MOST_CATEGORIES]], type=pa.large_binary())
    return _codes(reference, vocabulary), _codes(batch, vocabulary)


def _codes(values: pa.ChunkedArray, vocabulary: pa.Array) -> Vector:
    found = pc.index_in(values, value_set=vocabulary).fill_null(len(vocabulary))
    return _numbers(pc.if_else(values.is_valid(), found, pa.scalar(None, found.type)))


def evenly(table: pa.Table, most: int) -> pa.Table:
    """Keep so many rows of a table at most, in even steps from its first to its last."""
    if table.num_rows <= most:
        return table
    return table.take(pa.array(np.linspace(0, table.num_rows - 1, most).astype(np.int64)))
