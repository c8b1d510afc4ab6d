"""Bounded samples of objects: the same object and seed give the same rows, wherever and whenever drawn."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from holdfast.batches.alibi.arguments import MOST_ROWS
from holdfast.batches.reading.columnar import chunks, parquet_file
from holdfast.batches.reading.footer import Footer
from holdfast.batches.reading.limits import LIMITS, BeyondLimits, never
from holdfast.batches.reading.parts import parts_of
from holdfast.batches.reading.refusal import refusing
from holdfast.batches.reading.source import Source

MOST_COLUMNS = 64
MOST_LABEL_BYTES = 8_192
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rows drawn from one object, how many it holds, and how many of its columns are beyond the bound."""

    rows: pa.Table
    total: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows to compare with, the hash of the file that keeps them, and how many columns are not in it."""

    rows: pa.Table
    sha256: str
    left_out: int


def draw(source: Source, *, seed: str, only: Collection[str] | None = None) -> Drawn:
    """Draw rows at random without replacement, `only` of these columns or of the first ones.

    Text is read as the types that `only` maps its names to, if it does. Raises `Unreadable` or `BeyondLimits`, as the
    judge does.
    """
    types = only if isinstance(only, Mapping) else {}
    with parts_of([source], types, limits=LIMITS, expired=never) as (part,):
        footer = part.footer
        file, names = parquet_file(part.source, footer), footer.schema.names
        wanted = names[:MOST_COLUMNS] if only is None else [name for name in names if name in only]
        positions = np.sort(_generator(seed).choice(footer.rows, min(footer.rows, MOST_ROWS), replace=False))
        with refusing("a sample of the object"):
            rows = pa.table({name: _column(file, footer, name, positions) for name in wanted})
    return Drawn(rows, footer.rows, len(names[MOST_COLUMNS:]) if only is None else 0)


def merge(drawn: Sequence[Drawn], *, seed: str) -> pa.Table:
    """Make one sample of several: from each its share of the rows, at random."""
    generator = _generator(seed)
    shares = _shares([part.total for part in drawn])
    kept = [
        part.rows.take(np.sort(generator.choice(part.rows.num_rows, share, replace=False)))
        for part, share in zip(drawn, shares, strict=True)
    ]
    return pa.concat_tables(kept, promote_options="permissive")


def _generator(seed: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()))


def _shares(totals: Sequence[int]) -> list[int]:
    """Divide the rows of a sample in proportion, by largest remainder."""
    whole = sum(totals)
    if whole <= MOST_ROWS:
        return list(totals)
    shares = [total * MOST_ROWS // whole for total in totals]
    by_remainder = sorted(range(len(totals)), key=lambda at: (-(totals[at] * MOST_ROWS % whole), at))
    for at in by_remainder[: MOST_ROWS - sum(shares)]:
        shares[at] += 1
    return shares


def _column(file: pq.ParquetFile, footer: Footer, name: str, positions: Positions) -> pa.ChunkedArray:
    """Decode one column, a chunk at a time, and keep what stands at these positions."""
    start, parts = 0, []
    data_type = footer.schema.field(name).type
    for chunk in chunks(file, footer, name, data_type):
        first, last = np.searchsorted(positions, [start, start + len(chunk)])
        parts.append(_plain(chunk.take(pa.array(positions[first:last] - start)), name))
        start += len(chunk)
    return pa.chunked_array(parts, data_type)


def _plain(kept: pa.Array, name: str) -> pa.Array:
    """Write labels out in full; raises `BeyondLimits` where one is so long that so many would not fit."""
    if not pa.types.is_dictionary(kept.type):
        return kept
    longest = pc.max(pc.binary_length(kept.dictionary)).as_py() or 0
    if longest > MOST_LABEL_BYTES:
        raise BeyondLimits(f"column {name[:60]!r} has a label of {longest} bytes, expected at most {MOST_LABEL_BYTES}")
    return kept.dictionary_decode()
