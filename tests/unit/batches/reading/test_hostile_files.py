"""Every hostile Parquet file gets a verdict or a refusal, within bounds, and none that Arrow rejects is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FUNCTIONS = Path(__file__).parents[4] / "functions"
REFUSED = {"Unreadable", "BeyondLimits"}
STRICTER_THAN_ARROW = {
    "rle-dict-uncompressed-corrupt-checksum.parquet",
    "repeated_no_annotation.parquet",
    "clusterfuzz-testcase-minimized-parquet-arrow-fuzz-4740205688193024.parquet",
    "clusterfuzz-testcase-minimized-parquet-arrow-fuzz-5697144926502912.parquet",
}


def read_apart(paths: list[Path]) -> list[dict[str, Any]]:
    """Read files in another process, which may not have much memory and may not crash."""
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("read_hostile.py"))], input="\n".join(map(str, paths)), text=True,
        capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(FUNCTIONS)},
    )  # fmt: skip
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, f"after {len(answers)} files: {ran.stderr[-2000:]}"
    return answers


@pytest.fixture(scope="module")
def observed() -> list[tuple[Path, str]]:
    """Give every Parquet file of the shared bad inputs with what Arrow was seen to do with it."""
    folder = Path(__file__).parents[5] / "shared" / "bad-inputs"
    if not folder.is_dir():
        pytest.skip("no folder of bad inputs beside the project")
    listed = [
        (index.parent, entry)
        for index in folder.glob("*/index.json")
        for entry in json.loads(index.read_text())["files"]
    ]
    return [(at / entry["file"], entry["observed"]) for at, entry in listed if entry["file"].endswith(".parquet")]


def test_what_arrow_rejects_is_never_judged(observed: list[tuple[Path, str]]) -> None:
    answers = read_apart([path for path, _ in observed])
    assert len(answers) == len(observed) > 50
    for (path, seen), answer in zip(observed, answers, strict=True):
        refused = not seen.startswith("ok ") or path.name in STRICTER_THAN_ARROW
        assert (answer["outcome"] in REFUSED) == refused, f"{path.name}: {answer['outcome']}, Arrow: {seen}"
        assert answer["seconds"] < 15, path.name
        assert answer["megabytes"] < 1024, path.name


def test_a_string_repeated_into_gigabytes_is_beyond_us(tmp_path: Path) -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 900_000]))
    nested = pa.ListArray.from_arrays(pa.array(range(100_001), pa.int32()), text)
    for name, column in (("flat", text), ("nested", nested)):
        pq.write_table(pa.table({"c": column}), tmp_path / name, compression="zstd", store_schema=False)
    flat, bomb = read_apart([tmp_path / "flat", tmp_path / "nested"])
    assert (tmp_path / "nested").stat().st_size < 10_000
    assert flat["outcome"] == "none"
    assert bomb["outcome"] == "BeyondLimits"
    assert max(flat["megabytes"], bomb["megabytes"]) < 1024
    assert bomb["seconds"] < 15
