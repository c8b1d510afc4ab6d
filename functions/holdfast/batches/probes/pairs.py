"""How many rows break a relation of two columns; rows that lack one of the values are not compared."""

from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, Numbers, kind_of, numbers
from holdfast.batches.kernel.probe import Probe
from holdfast.batches.probes.hashing import hashed, is_hashable

Relation = Literal["equal", "greater", "greater_or_equal"]


class Rows(NamedTuple):
    """How many of n rows break the relation."""

    failing: int = 0
    n: int = 0


def pairs(column: str, relation: Relation, other: str) -> Probe[Rows]:
    """Compare two columns of one kind; for order, numbers or times."""

    def count(left: pa.Array, right: pa.Array) -> Rows:
        kind = kind_of(left.type)
        if kind is not kind_of(right.type) or not is_hashable(left.type):
            return Rows()
        (one, there), (two, beside) = hashed(left), hashed(right)
        both = there & beside
        equal = (one == two)[both]
        if kind is Kind.CATEGORY:
            return Rows(int(np.count_nonzero(~equal)), len(equal)) if relation == "equal" else Rows()
        kept = pa.array(both)
        low, high = _alike(numbers(right.filter(kept)).numbers, numbers(left.filter(kept)).numbers)
        if kind is Kind.NUMBER and left.type != right.type:
            equal = low == high
        fine = {"equal": equal, "greater": high > low, "greater_or_equal": (high > low) | equal}[relation]
        return Rows(int(np.count_nonzero(~fine)), len(fine))

    return Probe(f"pairs {column!r} {relation} {other!r}", (column, other), Rows(), count, _added)


def _alike(one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Write numbers of different types as floats, which cannot tell integers beyond 2**53 apart."""
    if one.dtype == other.dtype:
        return one, other
    return one.astype(np.float64), other.astype(np.float64)


def _added(one: Rows, other: Rows) -> Rows:
    return Rows(one.failing + other.failing, one.n + other.n)
