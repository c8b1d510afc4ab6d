"""A data set in parts, profiled by one process and by several: the same bytes, and memory that does not grow with rows.

usage: python benchmarks/drift/parts.py [--rows 20000000] [--parts 20] [--workers 2]

Writes so many rows of 20 columns as Parquet files in a temporary folder, takes them as a reference and counts another
such set against it, each once in one process and once in several, and prints the SHA-256 of what came out, CPU, wall
time and the peak memory of the largest process. Ends with 1 if anything differs.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast_console.processor import suit_numpy

GROUP_ROWS = 1 << 18
CITIES = np.array([f"city {number:03d}" for number in range(200)])
SHIFTS = {"reference": 0.0, "batch": 0.05}
MB = 1 << 10  # ru_maxrss is in kB


def columns(random: np.random.Generator, rows: int, *, shift: float) -> Iterator[tuple[str, pa.Array]]:
    """Make 20 columns: measures, money with missing values, counts, identifiers, moments, flags, categories."""
    for at in range(8):
        yield f"measure{at}", pa.array(random.standard_normal(rows) * (1 + at) + at + shift)
    for at in range(3):
        values = np.round(np.exp(random.standard_normal(rows) + shift), 2)
        yield f"money{at}", pa.array(values, mask=random.random(rows) < 0.02)
    yield "short", pa.array(random.standard_normal(rows).astype(np.float32))
    for at in range(2):
        yield f"count{at}", pa.array(random.poisson(4 + 40 * at, rows))
    yield "number", pa.array(random.integers(2**60, 2**62, rows))
    yield "moment", pa.array(1_700_000_000_000_000 + random.integers(0, 10**13, rows), pa.timestamp("us", "UTC"))
    yield "flag", pa.array(random.random(rows) < 0.3)
    for at in range(3):
        shares = 1 / np.arange(1, len(CITIES) + 1) ** (1 + at)
        codes = random.choice(len(CITIES), rows, p=shares / shares.sum()).astype(np.int32)
        yield f"category{at}", pa.DictionaryArray.from_arrays(codes, CITIES).dictionary_decode()


def write(folder: Path, rows: int, parts: int, name: str) -> None:
    """Write a set as so many files, a row group at a time."""
    (folder / name).mkdir()
    shift = SHIFTS[name]
    paths = [folder / name / f"part-{part:03d}.parquet" for part in range(parts)]
    for part, path in enumerate(paths):
        random, left, writer = np.random.default_rng([part, int(1000 * shift)]), rows // parts, None
        while left:
            table = pa.table(dict(columns(random, min(GROUP_ROWS, left), shift=shift)))
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            left -= len(table)
        if writer is not None:
            writer.close()
    print(json.dumps({"set": name, "files": parts, "mb": sum(path.stat().st_size for path in paths) >> 20}))


def work(what: str, folder: Path, workers: int) -> None:
    """Do one job in this process and its workers; print what it took and the hash of what came out."""
    began = time.monotonic()
    paths = sorted((folder / ("reference" if what == "baseline" else "batch")).glob("*.parquet"))
    if what == "baseline":
        data = read_baseline(paths, workers=workers).to_bytes()
        (folder / f"baseline-{workers}").write_bytes(data)
    else:
        data = read_counts(paths, Baseline.from_bytes((folder / "baseline-1").read_bytes()), workers=workers).to_bytes()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    took = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "wall_s": round(time.monotonic() - began, 1),
        "cpu_s": round(sum(one.ru_utime + one.ru_stime for one in used), 1),
        "peak_mb": round(max(one.ru_maxrss for one in used) / MB),
    }
    print(json.dumps(took))


def main() -> int:
    """Write the sets, do every job in a process of its own, and compare."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--rows", type=int, default=20_000_000)
    wanted.add_argument("--parts", type=int, default=20)
    wanted.add_argument("--workers", type=int, default=2)
    wanted.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    asked = wanted.parse_args()
    if asked.job:
        what, folder, *more = asked.job
        if what == "write":
            write(Path(folder), int(more[0]), int(more[1]), more[2])
        else:
            work(what, Path(folder), int(more[0]))
        return 0
    suit_numpy()  # for the children, as the command line does for itself
    with tempfile.TemporaryDirectory() as name:  # what a child peaked at counts its parent's memory: it stays small
        for folder in SHIFTS:
            print(job("write", name, asked.rows, asked.parts, folder))
        same = [is_one(what, name, asked.workers) for what in ("baseline", "counts")]
    return 0 if all(same) else 1


def job(*words: object) -> dict[str, Any]:
    """Do a job in a process of its own, and give what it printed."""
    command = [sys.executable, __file__, "--job", *map(str, words)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return said


def is_one(what: str, folder: str, workers: int) -> bool:
    """Do a job in one process and in several, print both, and tell whether they came to the same bytes."""
    hashes = set()
    for count in (1, workers):
        took = job(what, folder, count)
        print(f"{what} by {count}: {took}")
        hashes.add(took["sha256"])
    return len(hashes) == 1


if __name__ == "__main__":
    sys.exit(main())
