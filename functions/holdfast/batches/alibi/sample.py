"""Bounded samples of Parquet objects: the same object and seed give the same rows, wherever and whenever drawn."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.shared.errors import ContractError

MOST_ROWS = 5_000
MOST_COLUMNS = 64
CHUNK_ROWS = 1 << 17
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


def draw(data: bytes, *, seed: str, only: Collection[str] | None = None) -> Drawn:
    """Draw rows at random without replacement; `only` these columns, or the first ones."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        wanted = names[:MOST_COLUMNS] if only is None else [name for name in names if name in only]
        total: int = file.metadata.num_rows
        positions = np.sort(_generator(seed).choice(total, min(total, MOST_ROWS), replace=False))
        rows = pa.table({name: _column(file, name, positions) for name in wanted})
        return Drawn(rows, total, len(names[MOST_COLUMNS:]) if only is None else 0)
    except (pa.ArrowException, OSError) as error:
        raise ContractError(f"a judged object cannot be sampled: {str(error)[:160]}") from error


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


def _column(file: pq.ParquetFile, name: str, positions: Positions) -> pa.ChunkedArray:
    """Decode one column, a chunk at a time, and keep what stands at these positions."""
    start, parts = 0, []
    for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=[name], use_threads=False):
        first, last = np.searchsorted(positions, [start, start + batch.num_rows])
        parts.append(batch.column(batch.schema.get_field_index(name)).take(positions[first:last] - start))
        start += batch.num_rows
    return pa.chunked_array(parts, file.schema_arrow.field(name).type)
