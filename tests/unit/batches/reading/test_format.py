"""A file's name says how it is read, and its content must agree."""

import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.batches.reading.format import catalogue, format_of, suffixes
from holdfast.batches.reading.limits import BeyondLimits, Unreadable

FUNCTIONS = Path(__file__).parents[4] / "functions"


def test_every_suffix_belongs_to_one_format() -> None:
    every = [suffix for known in catalogue().values() for suffix in known.suffixes]
    assert sorted(every) == sorted(set(suffixes()))
    assert {".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz"} <= set(every)


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("", b"PAR1", "parquet"),
        ("", b"a,b", "parquet"),
        ("a.parquet", b"anything", "parquet"),
        ("A.CSV", b"a,b", "csv"),
        ("a.csv", b"ORCID,x\n", "csv"),
        ("a.csv", b"PAR1,PAR2\n", "csv"),
        ("a.csv", "PARENT,\u00e9".encode()[:-1], "csv"),
        ("a.csv.gz", b"\x1f\x8b\x08", "csv"),
        ("a.ndjson", b"{}", "json_lines"),
        ("part-0000", b"PAR1", "parquet"),
        ("part-0000", b'{"a": 1}', "json_lines"),
        ("rows.json", b'{"a": 1}', "json_lines"),
    ],
)
def test_the_name_decides_and_then_the_content(name: str, head: bytes, found: str) -> None:
    assert format_of(name, head).id == found


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("a.csv", b"\x1f\x8b\x08", "its content is gzip"),
        ("a.csv", b"PK\x03\x04", "its content is a zip archive"),
        ("a.csv", b"PAR1\x15\x04", "its content is Parquet"),
        ("a.csv", b"ORC\x00\x01", "its content is ORC"),
        ("a.csv", "a,b".encode("utf-16"), "its content is text in UTF-16"),
        ("a.jsonl.gz", b"{}", "its content is not gzip"),
    ],
)
def test_content_that_is_not_what_the_name_promises_is_refused(name: str, head: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        format_of(name, head)


@pytest.mark.parametrize(
    ("name", "head"),
    [("a.json", b"[1]"), ("a.arrow", b"ARROW1"), ("a.orc", b"ORC"), ("a.pkl", b"\x80\x04"), ("a.txt", b"x"),
     ("a.parquet", b"PARE\x15\x04")],
)  # fmt: skip
def test_what_is_not_read_here_is_beyond_us_and_nobodys_fault(name: str, head: bytes) -> None:
    with pytest.raises(BeyondLimits):
        format_of(name, head)


def test_the_suffixes_are_known_without_loading_arrow() -> None:
    code = (
        "import sys; from holdfast.batches.reading import format; format.suffixes(); sys.exit('pyarrow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(FUNCTIONS)}, check=False).returncode == 0
