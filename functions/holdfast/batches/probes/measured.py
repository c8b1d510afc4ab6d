"""The moments of a column that the reference does not have, on a grid of its own."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, kind_of, numbers
from holdfast.batches.kernel.moments import Moments
from holdfast.batches.kernel.probe import Probe


class Measurement(NamedTuple):
    """The moments of the finite values, and how many are infinite."""

    moments: Moments = Moments()
    infinite: int = 0


def measured(column: str) -> Probe[Measurement]:
    """Take the moments of a column of numbers: mean and deviation are off by less than 4e-12, or 5e-10 of a value."""
    return Probe(f"measured {column!r}", (column,), Measurement(), _count, _added)


def _count(chunk: pa.Array) -> Measurement:
    if kind_of(chunk.type) is not Kind.NUMBER:
        return Measurement()
    values = np.sort(numbers(chunk).numbers)
    finite = values[np.isfinite(values)]
    return Measurement(Moments.of(Moments().grid, finite), len(values) - len(finite))


def _added(one: Measurement, other: Measurement) -> Measurement:
    return Measurement(one.moments + other.moments, one.infinite + other.infinite)
