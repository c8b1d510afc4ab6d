"""`holdfast drift --report`: a page and its twin for each batch, and an index where there are several."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.report.document import Report
from holdfast.batches.report.html import page
from holdfast_console.main import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a reference and batches."""
    draw = np.random.default_rng(1)
    for name, rows, shift in (
        ("reference", 4000, 0.0),
        ("same", 1000, 0.0),
        ("shifted", 1000, 0.5),
        ("x <b> & y", 900, 1),
    ):
        table = pa.table({"x": draw.normal(shift, 1, rows), "c": draw.choice(["a", "b"], rows)})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 is not enough")
    return tmp_path


def drift(folder: Path, *batches: str, report: str = "out.html") -> int:
    """Judge batches, with a report."""
    paths = [str(folder / f"{name}.parquet") for name in batches]
    return main(["drift", str(folder / "reference.parquet"), *paths, "--report", str(folder / report), "--json"])


def test_of_one_batch_the_page_and_its_twin_stand_where_they_were_wanted(folder: Path) -> None:
    assert drift(folder, "shifted") == 1
    report = Report.read((folder / "out.json").read_bytes())
    assert (folder / "out.html").read_bytes() == page(report)
    assert (report.verdict.level, report.columns[0].name) == ("drift", "x")
    (source,) = report.provenance.objects
    assert source.place == "shifted.parquet"
    assert source.sha256 == hashlib.sha256((folder / "shifted.parquet").read_bytes()).hexdigest()


def test_of_several_there_is_an_index_and_each_has_those_before_it_as_its_history(folder: Path) -> None:
    assert drift(folder, "same", "shifted", "broken", "x <b> & y") == 1
    index = (folder / "out.html").read_text()
    links = re.findall(r'href="([^"]+)"', index)
    assert links == [f"out/{name}.html" for name in ("1-same", "2-shifted", "3-broken", "4-x-b-y")]
    assert "<b> &amp; y" not in index
    for number, link in enumerate(links, 1):
        report = Report.read((folder / link).with_suffix(".json").read_bytes())
        assert (folder / link).read_bytes() == page(report)
        assert len(report.history) == number
    assert [one.level for one in report.history] == ["none", "drift", "quarantined", "drift"]


def test_a_file_that_cannot_be_read_has_a_page_that_says_why(folder: Path) -> None:
    assert drift(folder, "broken") == 1
    assert "This batch is refused." in (folder / "out.html").read_text()


def test_the_verdicts_on_standard_output_are_the_same_with_a_report_and_without(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drift(folder, "same", "shifted")
    with_report = capsys.readouterr().out
    paths = [str(folder / f"{name}.parquet") for name in ("reference", "same", "shifted")]
    main(["drift", *paths, "--json"])
    assert capsys.readouterr().out == with_report


def test_a_place_that_cannot_be_written_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drift(folder, "same", report="nowhere/out.html") not in (0, 1)
    assert "nowhere/out.html cannot be written" in capsys.readouterr().err


def test_the_twins_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Report"
    assert main(["schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Manifest"
