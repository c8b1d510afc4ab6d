"""Write the tables that the tools are measured on: 50 numbers and 10 categories a row, as Parquet.

usage: python data.py FOLDER ROWS...   writes reference.parquet (100,000 rows) and batch-ROWS.parquet (changed)
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

REFERENCE_ROWS = 100_000
GROUP_ROWS = 131_072
SHIFT = 0.25
SHIFTED = frozenset({"n00", "n20", "n30"})
REMIXED = "c03"
CATEGORIES = (2, 3, 4, 5, 8, 12, 20, 40, 100, 200)


def number(random: np.random.Generator, at: int, rows: int, shift: float) -> pa.Array:
    """Give column `at` of fifty: measures, money, counts, 32-bit floats, identifiers; shifted by so many sigmas."""
    if at < 20:
        return pa.array((random.standard_normal(rows) + shift) * (1 + at) + 10 * at)
    if at < 30:
        return pa.array(np.round(np.exp((random.standard_normal(rows) + shift) * 0.8 + 3), 2))
    if at < 40:
        mean = 3 + 4 * (at - 30)
        return pa.array(random.poisson(mean + shift * mean**0.5, rows))
    if at < 45:
        return pa.array(random.gamma(2.0, 1.0, rows).astype(np.float32))
    return pa.array(random.integers(0, 10 ** (at - 42), rows))


def category(random: np.random.Generator, at: int, rows: int, *, is_remixed: bool) -> pa.Array:
    """Give category column `at` of ten, the first label the most frequent, or the last."""
    shares = 1 / np.arange(1, CATEGORIES[at] + 1)
    codes = random.choice(len(shares), rows, p=(shares[::-1] if is_remixed else shares) / shares.sum())
    labels = [f"v{at}_{code:03d}" for code in range(len(shares))]
    return pa.DictionaryArray.from_arrays(codes.astype(np.int32), labels).dictionary_decode()


def table(random: np.random.Generator, rows: int, *, is_changed: bool) -> pa.Table:
    """Make rows like the reference's, or changed in three numbers and the mix of one category."""
    columns = {}
    for at in range(50):
        name = f"n{at:02d}"
        columns[name] = number(random, at, rows, SHIFT if is_changed and name in SHIFTED else 0)
    for at in range(len(CATEGORIES)):
        name = f"c{at:02d}"
        columns[name] = category(random, at, rows, is_remixed=is_changed and name == REMIXED)
    return pa.table(columns)


def write(path: Path, rows: int, *, seed: int, is_changed: bool) -> None:
    """Write a file group by group, so that memory does not grow with it; a file is whole or not there."""
    random, half = np.random.default_rng(seed), path.with_suffix(".half")
    first = table(random, min(rows, GROUP_ROWS), is_changed=is_changed)
    with pq.ParquetWriter(half, first.schema, compression="snappy") as writer:
        writer.write_table(first)
        for start in range(GROUP_ROWS, rows, GROUP_ROWS):
            writer.write_table(table(random, min(GROUP_ROWS, rows - start), is_changed=is_changed))
    half.rename(path)


def main() -> None:
    """Write what is not there yet."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"reference": (REFERENCE_ROWS, 1, False)}
    wanted |= {f"batch-{int(rows)}": (int(rows), int(rows), True) for rows in sys.argv[2:]}
    for name, (rows, seed, is_changed) in wanted.items():
        path = folder / f"{name}.parquet"
        if not path.exists():
            write(path, rows, seed=seed, is_changed=is_changed)
        print(path, rows, f"{path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
