"""`holdfast expectations`: files of other tools in, the manifest's own words out."""

import json
from pathlib import Path

import pytest

from holdfast.manifest import Manifest
from holdfast_console.main import main

SUITE = {
    "expectations": [
        {"expectation_type": "expect_column_values_to_not_be_null", "kwargs": {"column": "temp"}},
        {"expectation_type": "expect_column_values_to_be_increasing", "kwargs": {"column": "temp"}},
    ]
}
CONSTRAINTS = {"features": [{"name": "temp", "completeness": 0.5}], "monitoring_config": {"emit_metrics": "Enabled"}}
GOVERNED = """
buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
models:
  bike-demand:
    owner: mobility-team
    batches: {bucket: ml-data, prefix: bikes/}
    reference: s3://ml-data/reference.parquet
"""


def written(folder: Path, content: object) -> str:
    """Write JSON."""
    path = folder / "given.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_the_snippet_is_what_the_manifest_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expectations", "import", written(tmp_path, SUITE), "--model", "bike-demand"]) == 0
    out, err = capsys.readouterr()
    manifest = tmp_path / "governance.yaml"
    manifest.write_text(GOVERNED + out.partition("bike-demand:\n")[2])
    assert [one.expect for one in Manifest.load(manifest).models["bike-demand"].expectations] == ["not_null"]
    assert "expect_column_values_to_be_increasing of temp" in err
    assert "counts have no order" in err


def test_programs_get_one_line_per_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expectations", "import", written(tmp_path, CONSTRAINTS), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["kind"] == "constraints.json of Model Monitor"
    assert said["expectations"] == [{"expect": "not_null", "column": "temp", "on_failure": "notice", "mostly": 0.5}]
    assert [left["what"] for left in said["left"]] == ["emit_metrics"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"features": [], "dataset": {}}, "holdfast statistics import"),
        ({"odd": 1}, "got the keys odd"),
        ([], "expected an object"),
    ],
)
def test_what_is_nothing_known_is_refused(
    tmp_path: Path, content: object, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["expectations", "import", written(tmp_path, content)]) == 2
    assert said in capsys.readouterr().err


def test_a_name_that_no_model_can_have_is_misuse(tmp_path: Path) -> None:
    assert main(["expectations", "import", written(tmp_path, SUITE), "--model", "x: {}\n"]) == 64


def test_all_that_can_be_expected_is_listed_with_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expectations", "list", "--json"]) == 0
    listed = {said["expect"]: said for said in map(json.loads, capsys.readouterr().out.splitlines())}
    bounds = {"minimum", "maximum", "strict_minimum", "strict_maximum"}
    assert set(listed["range"]["keys"]) == {"column", "mostly", *bounds}
    assert {"not_null", "range", "set", "regex", "unique", "mean_between", "quantile_between", "row_count", "freshness",
            "label_consistency"} <= listed.keys()  # fmt: skip
    assert main(["expectations", "list"]) == 0
    assert "label_consistency" in capsys.readouterr().out
