"""Every hostile file gets a verdict or a refusal, within bounds, and none that Arrow rejects is judged.

`outcomes.json` lists what comes of each: the level against itself, or the class that refuses it, and why.
"""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FUNCTIONS = Path(__file__).parents[4] / "functions"
OUTCOMES = Path(__file__).with_name("outcomes.json")
REFUSED = {"Unreadable", "BeyondLimits"}
STRICTER_THAN_ARROW = {
    "rle-dict-uncompressed-corrupt-checksum.parquet",
    "repeated_no_annotation.parquet",
    "clusterfuzz-testcase-minimized-parquet-arrow-fuzz-4740205688193024.parquet",
    "clusterfuzz-testcase-minimized-parquet-arrow-fuzz-5697144926502912.parquet",
}
MOST_MEGABYTES, MOST_SECONDS = 1024, 15


def read_apart(paths: list[Path]) -> list[dict[str, Any]]:
    """Read files in another process, which may not have much memory and may not crash."""
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("read_hostile.py"))], input="\n".join(map(str, paths)), text=True,
        capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(FUNCTIONS)}, timeout=600,
    )  # fmt: skip
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, f"after {len(answers)} files: {ran.stderr[-2000:]}"
    for path, answer in zip(paths, answers, strict=True):
        assert answer["seconds"] < MOST_SECONDS, path.name
        assert answer["megabytes"] < MOST_MEGABYTES, path.name
    return answers


@pytest.fixture(scope="module")
def observed() -> dict[str, tuple[Path, str]]:
    """Give every file of the shared bad inputs with what Arrow, or Python's json, was seen to do with it."""
    folder = Path(__file__).parents[5] / "shared" / "bad-inputs"
    if not folder.is_dir():
        pytest.skip("no folder of bad inputs beside the project")
    return {
        f"{index.parent.name}/{entry['file']}": (index.parent / entry["file"], entry["observed"])
        for index in sorted(folder.glob("*/index.json"))
        for entry in json.loads(index.read_text())["files"]
    }


@pytest.fixture(scope="module")
def answers(observed: dict[str, tuple[Path, str]]) -> dict[str, dict[str, Any]]:
    """Read them all."""
    return dict(zip(observed, read_apart([path for path, _ in observed.values()]), strict=True))


def test_what_arrow_rejects_is_never_judged(
    observed: dict[str, tuple[Path, str]], answers: dict[str, dict[str, Any]]
) -> None:
    assert len(answers) > 100
    for name, (path, seen) in observed.items():
        is_read = seen.startswith("ok ") and path.name not in STRICTER_THAN_ARROW
        assert (answers[name]["outcome"] not in REFUSED) == is_read, f"{name}: {answers[name]}, Arrow: {seen}"


def test_what_comes_of_each_file_is_listed(answers: dict[str, dict[str, Any]]) -> None:
    found = {name: f"{answer['outcome']} {answer['reason']}".strip() for name, answer in answers.items()}
    if os.environ.get("HOLDFAST_WRITE_GOLDEN"):
        OUTCOMES.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    assert found == json.loads(OUTCOMES.read_text())


def test_a_string_repeated_into_gigabytes_is_beyond_us(tmp_path: Path) -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 900_000]))
    nested = pa.ListArray.from_arrays(pa.array(range(100_001), pa.int32()), text)
    for name, column in (("flat", text), ("nested", nested)):
        pq.write_table(pa.table({"c": column}), tmp_path / name, compression="zstd", store_schema=False)
    flat, bomb = read_apart([tmp_path / "flat", tmp_path / "nested"])
    assert (tmp_path / "nested").stat().st_size < 10_000
    assert flat["outcome"] == "none"
    assert bomb["outcome"] == "BeyondLimits"


@pytest.mark.parametrize(("times", "outcome"), [(3, "none"), (10, "BeyondLimits")])
def test_text_that_grows_from_differences_is_decoded_few_rows_at_a_time(
    tmp_path: Path, times: int, outcome: str
) -> None:
    values = pa.array([f"{'x' * 60_000}{at}" for at in range(2_000)])  # each value says how it differs from the last
    pq.write_table(
        pa.table({"c": pa.chunked_array([values] * times)}), tmp_path / "c.parquet", use_dictionary=False,
        compression="zstd", column_encoding={"c": "DELTA_BYTE_ARRAY"}, write_statistics=False, row_group_size=1 << 20,
    )  # fmt: skip
    assert (tmp_path / "c.parquet").stat().st_size < 1 << 20
    (answer,) = read_apart([tmp_path / "c.parquet"])
    assert answer["outcome"] == outcome
    assert answer["megabytes"] < 400


HOSTILE_TEXT = {
    "deep.jsonl": (b'{"a": 1}\n{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "BeyondLimits an object is nested"),
    "open.jsonl": (b"[" * 100_000, "Unreadable line * is no object"),
    "open.json": (b"[" * 100_000, "BeyondLimits its content is of a kind not read here"),
    "objects.jsonl": (b'{"":' * 100_000, "BeyondLimits an object is nested"),
    "brackets.jsonl": (b'{"a": "' + b"[" * 1_000 + b'"}\n' * 1, "not_enough_data"),
    "keys.jsonl": (b"".join(b'{"k%d": 1}\n' % at for at in range(150_000)), "BeyondLimits * cells"),
    "wide.jsonl": (b"{" + b",".join(b'"k%d":1' % at for at in range(150_000)) + b"}\n", "BeyondLimits a line holds"),
    "sparse.jsonl": (
        b"".join([b"{", b",".join(b'"k%d":1' % at for at in range(9_000)), b"}\n", b"{}\n" * 900_000]),
        "BeyondLimits * cells",
    ),
    "line.jsonl": (b'{"a": "' + b"x" * (1 << 25) + b'"}\n', "BeyondLimits a line takes"),
    "twice.jsonl": (b'{"a": 1, "a": 2}\n', "Unreadable JSON parse error"),
    "two.jsonl": (b'{"a": 1} {"a": 2}\n', "Unreadable * lines hold * objects"),
    "pretty.jsonl": (b'{\n "a": 1\n}\n', "Unreadable line * is no object"),
    "mixed.jsonl": (b'{"a": 1}\n{"a": "x"}\n', "Unreadable JSON parse error"),
    "half.jsonl": (b'{"a": 1}\n{"a": ', "Unreadable JSON parse error"),
    "empty.jsonl": (b"", "Unreadable it is empty"),
    "latin.jsonl": ('{"a": "é"}\n'.encode("latin-1"), "Unreadable it is no text"),
    "wide.csv": (b",".join(b"c%d" % at for at in range(20_000)) + b"\n", "BeyondLimits * columns"),
    "row.csv": (b"a,b\n1," + b"x" * (1 << 24) + b"\n", "BeyondLimits a row takes more than"),
    "quote.csv": (b'a,b\n1,"x\n2,y\n3,z\n', "Unreadable a quote is opened"),
    "ragged.csv": (b"a,b\n1,2\n3\n", "Unreadable row * has * fields"),
    "twice.csv": (b"a,b,a\n1,2,3\n", "Unreadable two columns are named"),
    "headless.csv": (b"1.5,2\n3,4\n", "Unreadable its first row holds"),
    "empty.csv": (b"", "Unreadable it is empty"),
    "wide.csv.gz": (gzip.compress(b"a,b\n" + b"0,0\n" * (1 << 25)), "BeyondLimits * bytes unpack to more than"),
    "short.csv.gz": (gzip.compress(np.random.default_rng(1).bytes(9_999).hex().encode())[:-900], "Unreadable the file"),
    "plain.csv.gz": (b"a,b\n1,2\n", "Unreadable its name promises"),
    "packed.csv": (gzip.compress(b"a,b\n1,2\n"), "Unreadable its name promises"),
    "utf16.csv": ("a,b\n1,2\n".encode("utf-16"), "Unreadable"),
    "columns.csv": (b"PAR1\x15\x04 and more", "Unreadable its name promises"),
    "table.arrow": (b"ARROW1\x00\x00", "BeyondLimits its content is Arrow IPC"),
    "sealed.parquet": (b"PARE" + bytes(20) + b"PARE", "BeyondLimits it is encrypted Parquet"),
}


def test_hostile_text_has_a_stated_outcome(tmp_path: Path) -> None:
    for name, (data, _) in HOSTILE_TEXT.items():
        (tmp_path / name).write_bytes(data)
    answers = read_apart([tmp_path / name for name in HOSTILE_TEXT])
    for (name, (_, wanted)), answer in zip(HOSTILE_TEXT.items(), answers, strict=True):
        assert f"{answer['outcome']} {answer['reason']}".startswith(wanted), name
