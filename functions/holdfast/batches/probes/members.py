"""How many values are not, or are, among given ones."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, Numbers, kind_of, label, labels, numbers
from holdfast.batches.kernel.probe import Probe
from holdfast.batches.probes.bounds import as_stored, ends_of

Member = str | int | float | bool


class Among(NamedTuple):
    """How many of n values are among the given ones."""

    members: int = 0
    n: int = 0


def members(column: str, values: Sequence[Member]) -> Probe[Among]:
    """Count the values of a column that are among these; text equals text, a number any number as large."""
    texts = {label(value.encode()) for value in values if isinstance(value, str)}
    figures = [int(value) if isinstance(value, bool) else value for value in values if not isinstance(value, str)]

    def count(chunk: pa.Array) -> Among:
        kind = kind_of(chunk.type)
        if kind is Kind.CATEGORY:
            found = labels(chunk)
            named = zip(found.labels, found.counts.tolist(), strict=True)
            return Among(sum(times for name, times in named if name in texts), found.n)
        if kind is not Kind.NUMBER:
            return Among()
        present = numbers(chunk).numbers
        stored = [figure for value in figures if (figure := as_stored(value, chunk.type)) is not None]
        return Among(_among(present, stored), len(present))

    return Probe(f"members {column!r} {list(values)!r}", (column,), Among(), count, _added)


def _added(one: Among, other: Among) -> Among:
    return Among(one.members + other.members, one.n + other.n)


def _among(values: Numbers, figures: Sequence[int | float]) -> int:
    """Count exactly: integers meet only the integers among the figures that they can hold."""
    if values.dtype.kind == "f":
        return int(np.count_nonzero(np.isin(values, np.array(figures, np.float64))))
    low, high = ends_of(values)
    held = [int(figure) for figure in figures if figure == int(figure) and low <= figure <= high]
    return int(np.count_nonzero(np.isin(values, np.array(held, values.dtype))))
