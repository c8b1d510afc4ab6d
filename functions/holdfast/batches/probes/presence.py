"""How many values there are: neither null, in whichever way, nor not a number."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.batches.kernel.probe import Probe


class Presence(NamedTuple):
    """Values that are there, of so many rows."""

    present: int = 0
    rows: int = 0


def presence(column: str) -> Probe[Presence]:
    """Count the values of a column of any type."""
    return Probe(f"presence {column!r}", (column,), Presence(), _count, _added)


def _count(chunk: pa.Array) -> Presence:
    chunk = chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk
    if pa.types.is_dictionary(chunk.type):
        places = chunk.indices.drop_null().to_numpy(zero_copy_only=False)
        there = np.bincount(places, minlength=len(chunk.dictionary))
        return Presence(int(there[_valid(chunk.dictionary)].sum()), len(chunk))
    return Presence(int(np.count_nonzero(_valid(chunk))), len(chunk))


def _valid(values: pa.Array) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = pc.invert(
        pc.is_null(values, nan_is_null=pa.types.is_floating(values.type))
    ).to_numpy(zero_copy_only=False)
    return found


def _added(one: Presence, other: Presence) -> Presence:
    return Presence(one.present + other.present, one.rows + other.rows)
