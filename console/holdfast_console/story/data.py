"""Food deliveries, made from a seed: the same bytes wherever the story is told."""

import gzip
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

COURIERS = np.array(["bicycle", "car", "scooter"])
MIX = np.array([0.5, 0.2, 0.3])
AWAY = np.array([-0.30, 0.05, 0.25])


def deliveries(rows: int, *, seed: int, shift: float = 0.0, missing: float = 0.01) -> pa.Table:
    """Make `rows` deliveries; `shift` moves distances by as many standard deviations and couriers "
    "from bicycles to scooters."""
    rng = np.random.default_rng(seed)
    log_distance = rng.normal(1.0, 0.5, rows) + shift * 0.5
    distance = np.exp(log_distance)
    items = rng.poisson(2.5, rows) + 1
    hour = rng.choice(24, rows, p=_hours())
    rain = rng.random(rows) < 0.25
    courier = rng.choice(COURIERS, rows, p=MIX + shift * AWAY)
    pace = np.select([courier == "car", courier == "scooter"], [3.2, 2.8], 4.0)
    minutes = 8 + distance * pace + items * 0.6 + rain * 4 + rng.normal(0, 3, rows)
    return pa.table(
        {
            "distance_km": pa.array(distance, mask=rng.random(rows) < missing),
            "items": pa.array(items, pa.int32()),
            "hour": pa.array(hour, pa.int8()),
            "rain": pa.array(rain),
            "courier": pa.array(courier),
            "minutes": pa.array(minutes),
        }
    )


def parquet(table: pa.Table) -> bytes:
    """Write a table as Parquet."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def csv_gz(table: pa.Table) -> bytes:
    """Write a table as gzipped CSV, without a time in it."""
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink)
    return gzip.compress(sink.getvalue(), mtime=0)


def with_tips(table: pa.Table) -> pa.Table:
    """Add what customers gave on top, a column that earlier deliveries lack."""
    return table.append_column("tip_eur", pc.round(pc.multiply(table["items"], 0.35), ndigits=2))


def snowed_in(table: pa.Table) -> pa.Table:
    """Let every fiftieth delivery take four and a half hours longer."""
    late = np.where(np.arange(table.num_rows) % 50 == 0, 270.0, 0.0)
    at = table.column_names.index("minutes")
    return table.set_column(at, "minutes", pc.add(table["minutes"], pa.array(late)))


def truncated(content: bytes) -> bytes:
    """Cut a file off, as an upload that died would."""
    return content[: len(content) // 2]


def _hours() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give how orders spread over the day: lunch and dinner."""
    hours = np.arange(24)
    weight = 0.05 + np.exp(-(((hours - 12.5) / 1.8) ** 2)) + 1.4 * np.exp(-(((hours - 19) / 2.2) ** 2))
    share: np.ndarray[tuple[int], np.dtype[np.float64]] = weight / weight.sum()
    return share
