"""`holdfast drift` and `holdfast baseline`: verdicts as JSON lines, as tables and as exit codes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast_console.main import main

KEYS = {"name", "test", "n", "effect", "lower", "upper", "p", "p_adjusted", "threshold", "level", "detail", "weight",
        "distances"}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a reference and batches of every sort."""
    random = np.random.default_rng(1)

    def write(name: str, rows: int, shift: float = 0.0, **more: Any) -> None:
        values = {"x": random.standard_normal(rows) + shift, "c": random.choice(["a", "b"], rows), **more}
        pq.write_table(pa.table({key: value for key, value in values.items() if value is not None}), tmp_path / name)

    write("reference", 5_000)
    write("same", 1_000)
    write("shifted", 1_000, 0.5)
    write("short", 20)
    write("without", 1_000, c=None)
    write("hostile", 1_000, **{"[red]\x1b[2J": np.zeros(1_000)})
    (tmp_path / "broken").write_bytes(b"PAR1 is not enough")
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Read what was printed as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("batches", "levels", "code"),
    [
        (["same"], ["none"], 0),
        (["same", "shifted"], ["none", "drift"], 1),
        (["same", "short"], ["none", "not_enough_data"], 2),
        (["short", "broken"], ["not_enough_data", "quarantined"], 1),
        (["without"], ["drift"], 1),
        (["hostile"], ["notice"], 0),
    ],
)
def test_one_line_per_batch_and_the_worst_decides(
    folder: Path, capsys: pytest.CaptureFixture[str], batches: list[str], levels: list[str], code: int
) -> None:
    paths = [str(folder / name) for name in batches]
    assert main(["drift", str(folder / "reference"), *paths, "--json"]) == code
    printed = lines(capsys)
    assert [line["level"] for line in printed] == levels
    assert [line["batch"] for line in printed] == paths
    assert all(set(column) == KEYS for line in printed for column in line["columns"])
    assert all(line["reason"] for line in printed)


def test_a_table_names_the_worst_column_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", str(folder / "reference"), str(folder / "shifted")]) == 1
    said = capsys.readouterr().out
    assert said.startswith("drift ")
    rows = [line.split()[:2] for line in said.splitlines() if line.split()[1:2] in (["drift"], ["none"])]
    assert rows[0] == ["x", "drift"]


def test_hostile_names_do_not_reach_the_terminal_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["drift", str(folder / "reference"), str(folder / "hostile")])
    said = capsys.readouterr().out
    assert "\x1b[2J" not in said
    assert "[red]" in said


def test_a_critical_column_refuses_the_batch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["drift", str(folder / "reference"), str(folder / "without"), "--critical", "c", "--json"]
    assert main(arguments) == 1
    assert [line["level"] for line in lines(capsys)] == ["quarantined"]


def test_thresholds_are_obeyed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = ["drift", str(folder / "reference"), str(folder / "shifted"), "--json"]
    for more, level in (
        (["--effect", "0.6"], "notice"),
        (["--effect", "0.1"], "drift"),
        (["--alpha", "1e-300"], "none"),
    ):
        main([*judged, *more])
        assert [line["level"] for line in lines(capsys)] == [level]


def test_a_line_tells_what_the_decision_rests_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["drift", str(folder / "reference"), str(folder / "shifted"), "--json"])
    (line,) = lines(capsys)
    assert (line["n"], line["alpha"]) == (1_000, 0.01)
    assert 0 < line["score"] <= 1
    worst = line["columns"][0]
    assert (worst["name"], worst["level"]) == ("x", "drift")
    assert worst["lower"] <= worst["effect"] <= worst["upper"]
    assert next(column for column in line["columns"] if column["test"] == "ks")["distances"]["psi"] > 0.1


@pytest.mark.parametrize(
    ("more", "level", "score"),
    [
        (["--ignore", "x"], "none", 0),
        (["--weight", "x=0"], "notice", 0),
        (["--column-effect", "x=0.9"], "notice", None),
        (["--column-effect", "x=0.9", "--score", "0.05"], "drift", None),
        (["--effect", "0.9", "--column-effect", "x=0.05"], "drift", None),
    ],
)
def test_single_columns_are_heeded(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], level: str, score: float | None
) -> None:
    main(["drift", str(folder / "reference"), str(folder / "shifted"), "--json", *more])
    (line,) = lines(capsys)
    assert line["level"] == level
    assert score is None or line["score"] == score


def test_a_heavier_column_raises_the_score(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = []
    for weight in ("1", "5"):
        main(["drift", str(folder / "reference"), str(folder / "shifted"), "--json", "--weight", f"x={weight}"])
        scores += [line["score"] for line in lines(capsys)]
    assert scores[1] > scores[0] * 1.5


MANIFEST = """
buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
models:
  bikes:
    owner: mobility-team
    batches: {bucket: ml-data, prefix: bikes/}
    reference: s3://ml-data/reference.parquet
    schema: {critical: [c]}
    expectations: [{expect: not_null, column: x}]
    drift: {effect: 0.9, columns: {x: {effect: 0.05, weight: 3}}}
"""


def test_a_manifest_says_how_a_model_is_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "governance.yaml").write_text(MANIFEST)
    places = [str(folder / name) for name in ("reference", "same", "shifted", "without")]
    assert main(["drift", *places, "--manifest", str(folder / "governance.yaml"), "--json"]) == 1
    printed = lines(capsys)
    assert [line["level"] for line in printed] == ["none", "drift", "quarantined"]
    assert all({"x"} == {c["name"] for c in line["columns"] if c["test"] == "expectation"} for line in printed[:2])
    assert {column["weight"] for column in printed[1]["columns"] if column["test"] == "ks"} == {3}
    named = ["--manifest", str(folder / "governance.yaml"), "--model"]
    assert main(["drift", *places[:2], *named, "bikes", "--ignore", "x", "--json"]) == 0
    assert main(["drift", *places[:2], *named, "trams"]) == 64


def test_a_stored_baseline_serves_as_the_reference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = folder / "stored.baseline"
    assert main(["baseline", str(folder / "reference"), "-o", str(stored), "--json"]) == 0
    (built,) = lines(capsys)
    assert built["sha256"] == hashlib.sha256(stored.read_bytes()).hexdigest()
    assert (built["rows"], built["columns"], built["bytes"]) == (5_000, ["x", "c"], stored.stat().st_size)
    batch = str(folder / "shifted")
    answers = []
    for reference in (stored, folder / "reference"):
        main(["drift", str(reference), batch, "--json"])
        answers += lines(capsys)
    assert answers[0] == answers[1]


def test_a_stored_baseline_says_what_it_is_to_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline", str(folder / "reference"), "-o", str(folder / "b"), "--exact"]) == 0
    said = capsys.readouterr().out
    assert hashlib.sha256((folder / "b").read_bytes()).hexdigest() in said
    assert "2 columns" in said.replace("\n", " ")


@pytest.mark.parametrize("damage", ["changed", "cut short", "hardly there"])
def test_a_baseline_that_is_damaged_judges_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    stored = folder / "stored.baseline"
    main(["baseline", str(folder / "reference"), "-o", str(stored)])
    data = stored.read_bytes()
    stored.write_bytes({"changed": data[:-3] + b"abc", "cut short": data[:-9], "hardly there": data[:20]}[damage])
    capsys.readouterr()
    assert main(["drift", str(stored), str(folder / "shifted"), "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"the reference {stored}" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["drift", "{}/reference"],
        ["drift", "{}/absent", "{}/same"],
        ["drift", "{}/reference", "{}/absent"],
        ["drift", "{}/reference", "s3://bucket"],
        ["drift", "{}/reference", "{}/same", "--alpha", "1.5"],
        ["drift", "{}/reference", "{}/same", "--alpha", "nan"],
        ["drift", "{}/reference", "{}/same", "--effect", "nan"],
        ["drift", "{}/stored", "{}/same", "--exact"],
        ["drift", "{}/reference", "{}/same", "--ignore", "y"],
        ["drift", "{}/reference", "{}/same", "--weight", "x"],
        ["drift", "{}/reference", "{}/same", "--weight", "x=heavy"],
        ["drift", "{}/reference", "{}/same", "--weight", "x=-1"],
        ["drift", "{}/reference", "{}/same", "--weight", "x=nan"],
        ["drift", "{}/reference", "{}/same", "--column-effect", "x=1"],
        ["drift", "{}/reference", "{}/same", "--column-effect", "y=0.1"],
        ["drift", "{}/reference", "{}/same", "--model", "bikes"],
        ["baseline", "{}/reference"],
    ],
    ids=str,
)
def test_misuse_is_said_before_any_work(folder: Path, arguments: list[str]) -> None:
    main(["baseline", str(folder / "reference"), "-o", str(folder / "stored")])
    assert main([argument.format(folder) for argument in arguments]) == 64


def test_a_reference_that_cannot_be_read_judges_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", str(folder / "broken"), str(folder / "same"), "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"the reference {folder / 'broken'}" in said.err


def test_objects_in_s3_are_read_and_one_that_is_denied_is_unknown(
    aws: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = boto3.client("s3", "eu-west-1")
    s3.create_bucket(Bucket="ml-data", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for name in ("reference", "same"):
        s3.upload_file(str(folder / name), "ml-data", f"bike demand/{name}#1")
    place = "s3://ml-data/bike demand"
    assert main(["drift", f"{place}/reference#1", f"{place}/same#1", f"{place}/absent", "--json"]) == 2
    printed = lines(capsys)
    assert [line["level"] for line in printed] == ["none", "unknown"]
    assert "NoSuchKey" in printed[1]["reason"]


def test_the_shared_bike_data_is_judged_by_the_command(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = shared / "data" / "bike"
    batches = sorted(str(path) for path in data.glob("batch-*.parquet"))
    assert main(["drift", str(data / "reference.parquet"), *batches, "--json"]) == 1
    printed = lines(capsys)
    assert [line["batch"] for line in printed] == batches
    assert {line["level"] for line in printed[:3]} <= {"none", "notice"}
    for line in printed[8:12]:
        drifting = {column["name"] for column in line["columns"] if column["level"] == "drift"}
        assert {"season", "temp", "atemp", "registered", "cnt"} <= drifting
