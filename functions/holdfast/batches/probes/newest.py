"""The newest time of a column."""

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, kind_of, numbers
from holdfast.batches.kernel.probe import Probe


def newest(column: str) -> Probe[int | None]:
    """Find the greatest time, in microseconds since 1970; none without a value."""
    return Probe(f"newest {column!r}", (column,), None, _count, _later)


def _count(chunk: pa.Array) -> int | None:
    if kind_of(chunk.type) is not Kind.TIME:
        return None
    values = numbers(chunk).numbers
    return int(np.max(values)) if len(values) else None


def _later(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)
