"""The same rows in every format, as others write them."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from holdfast.batches.reading.source import NamedSource

Written = Callable[[pa.Table], NamedSource]


def as_parquet(table: pa.Table) -> NamedSource:
    """Write Parquet."""
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return NamedSource("rows.parquet", sink.getvalue())


def as_csv(table: pa.Table) -> NamedSource:
    """Write CSV."""
    sink = io.BytesIO()
    arrow_csv.write_csv(table, sink)
    return NamedSource("rows.csv", sink.getvalue())


def as_json_lines(table: pa.Table) -> NamedSource:
    """Write one object a line."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime | date) else float(value)

    lines = [json.dumps(row, default=plain) + "\n" for row in table.to_pylist()]
    return NamedSource("rows.jsonl", "".join(lines).encode())


def packed(source: NamedSource) -> NamedSource:
    """Pack a text file."""
    assert isinstance(source.data, bytes)
    return NamedSource(f"{source.name}.gz", gzip.compress(source.data))


WAYS: dict[str, Written] = {
    "parquet": as_parquet,
    "csv": as_csv,
    "csv.gz": lambda table: packed(as_csv(table)),
    "jsonl": as_json_lines,
    "jsonl.gz": lambda table: packed(as_json_lines(table)),
}


@pytest.fixture
def ways() -> dict[str, Written]:
    """Give each way to write rows."""
    return WAYS


@pytest.fixture
def draw() -> Callable[[int, float], pa.Table]:
    """Draw rows of each kind of column."""

    def drawn(rows: int, shift: float = 0.0, seed: int = 1) -> pa.Table:
        random = np.random.default_rng(seed)
        gone = random.random(rows) < 0.1
        return pa.table(
            {
                "amount": pa.array(random.standard_normal(rows) + shift, mask=gone),
                "count": pa.array(random.poisson(4, rows)),
                "small": pa.array(random.integers(0, 100, rows), pa.int16()),
                "single": pa.array(random.random(rows).astype(np.float32)),
                "price": pa.array([Decimal(int(cents)).scaleb(-2) for cents in random.integers(0, 5_000, rows)]),
                "city": pa.array(random.choice(["Athens", "São Paulo", 'Ber"gen, N', "12"], rows), mask=gone[::-1]),
                "flag": pa.array(random.random(rows) < 0.3),
                "day": pa.array(random.integers(0, 20_000, rows), pa.int32()).cast(pa.date32()),
                "when": pa.array(random.integers(0, 10**9, rows), pa.timestamp("s")),
                "id": pa.array(random.integers(1 << 60, 1 << 62, rows)),
            }
        )

    return drawn
