"""`holdfast statistics`: Model Monitor's files from data, and a baseline from Model Monitor's files."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast_console.main import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a reference and a batch that drifted."""
    draw = np.random.default_rng(5)
    for name, shift in (("reference", 0.0), ("batch", 1.0)):
        table = pa.table({"x": draw.normal(shift, 1, 3_000), "word": draw.choice(["a", "b"], 3_000)})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    return tmp_path


def test_there_and_back_batches_are_judged_alike(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    statistics, baseline = folder / "statistics.json", folder / "back.baseline"
    exported = ["statistics", "export", str(folder / "reference.parquet"), "-o", str(statistics), "--json"]
    assert main(exported) == 0
    assert json.loads(capsys.readouterr().out)["errors"]["x"] < 0.003
    assert main(["statistics", "import", str(statistics), "-o", str(baseline), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["columns"] == ["x", "word"]
    for batch, code in (("reference", 0), ("batch", 1)):
        assert main(["drift", str(baseline), str(folder / f"{batch}.parquet"), "--json"]) == code
        assert json.loads(capsys.readouterr().out)["level"] == ("drift" if code else "none")


def test_a_batch_is_counted_against_its_reference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = [str(folder / "batch.parquet"), "--against", str(folder / "reference.parquet")]
    constraints = folder / "constraints.json"
    assert main(["statistics", "export", *places, "--constraints", str(constraints)]) == 0
    out, err = capsys.readouterr()
    feature = json.loads(out)["features"][0]["numerical_statistics"]
    assert feature["mean"] == pytest.approx(1, abs=0.1)
    assert "2 features, ranks off by" in err
    assert json.loads(constraints.read_text())["features"][1]["string_constraints"] == {"domains": ["a", "b"]}


def test_misuse_and_what_is_no_statistics_are_told_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statistics", "export", str(folder / "reference.parquet"), "--json"]) == 64
    assert main(["statistics", "import", str(folder / "none.json"), "-o", "x"]) == 64
    (folder / "odd.json").write_text("{}")
    assert main(["statistics", "import", str(folder / "odd.json"), "-o", str(folder / "x")]) == 2
    assert "expected a list under 'features'" in capsys.readouterr().err
