"""`holdfast calibrate`: from batches, or from their recorded verdicts, to what the manifest should say."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.manifest import Manifest
from holdfast_console.main import main

BATCHES = 20
MANIFEST = """
buckets:
  - {{name: ml-data, region: eu-west-1, events: eventbridge}}
models:
  bikes:
    owner: mobility-team
    batches: {{bucket: ml-data, prefix: bikes/}}
    reference: s3://ml-data/reference.parquet
    {}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out a reference and a history in which one column of five has a habit of moving."""
    random, folder = np.random.default_rng(1), tmp_path_factory.mktemp("history")

    def write(name: str, rows: int, shift: float) -> None:
        values = {f"x{at}": random.standard_normal(rows) for at in range(5)}
        pq.write_table(pa.table({**values, "moody: yes": random.standard_normal(rows) + shift}), folder / name)

    write("reference.parquet", 5_000, 0.0)
    for at in range(BATCHES):
        write(f"batch-{at:02d}.parquet", 800, float(random.uniform(-0.8, 0.8)))
    (folder / "broken.parquet").write_bytes(b"PAR1 is not enough")
    return folder


def asked(folder: Path, *more: str) -> list[str]:
    """Give the command line."""
    batches = sorted(str(path) for path in folder.glob("batch-*.parquet"))
    return ["calibrate", str(folder / "reference.parquet"), *batches, *more]


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Read the one line."""
    (line,) = capsys.readouterr().out.splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


def test_the_one_column_that_moves_is_given_a_threshold_of_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked(folder, "--false-alarms", "0.1", "--json")) == 0
    said = answer(capsys)
    assert said["drift"]["effect"] == 0.05
    assert list(said["drift"]["columns"]) == ["moody: yes"]
    assert (said["batches"], said["is_reached"], said["stated"]) == (BATCHES, True, pytest.approx(2 / 21))
    assert said["alarms_before"] > BATCHES / 2
    assert said["alarms_left_out"] <= 2
    assert all(batch["columns"] == [] for batch in said["history"])


def test_what_it_prints_is_a_manifest_under_which_the_history_is_quiet(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked(folder, "--false-alarms", "0.1")) == 0
    said = capsys.readouterr().out
    assert "at most 9.5% of batches like these alarm, 10.0% was asked for" in said
    assert "if they had drifted, these thresholds would hide it" in " ".join(said.split())
    snippet = said.partition("in the manifest:")[2].strip().replace("\n", "\n    ")
    path = folder / "governance.yaml"
    path.write_text(MANIFEST.format(snippet))
    assert Manifest.load(path).models["bikes"].drift.columns["moody: yes"].effect is not None
    places = [place for place in asked(folder)[1:] if "batch-" in place]
    main(["drift", str(folder / "reference.parquet"), *places, "--manifest", str(path), "--json"])
    levels = [json.loads(line)["level"] for line in capsys.readouterr().out.splitlines()]
    assert len(levels) == BATCHES
    assert set(levels) <= {"none", "notice"}
    path.write_text(MANIFEST.format('drift: {columns: {"moody: yes": {ignore: true}}}'))
    main(asked(folder, "--manifest", str(path), "--json"))
    assert answer(capsys)["drift"] == {"effect": 0.05}


def test_recorded_verdicts_say_the_same_as_the_batches(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["drift", *asked(folder)[1:], "--json"])
    recorded = folder / "history.jsonl"
    recorded.write_text(capsys.readouterr().out)
    answers = []
    for arguments in (asked(folder), ["calibrate", "--from", str(recorded)]):
        main([*arguments, "--false-alarms", "0.1", "--json"])
        answers.append(answer(capsys))
    assert answers[0] == answers[1]


def test_too_few_batches_are_said_to_be_too_few(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*asked(folder)[:6], "--ignore", "moody: yes"]) == 2
    said = capsys.readouterr().out
    assert "at most 20.0% of batches like these alarm, 2.0% was asked for" in said
    assert "takes 49 batches or more" in said
    assert "had drifted" not in said


def test_what_cannot_be_judged_is_left_out_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(asked(folder, str(folder / "broken.parquet"), "--json"))
    said = answer(capsys)
    assert said["batches"] == BATCHES
    assert said["not_judged"] == [str(folder / "broken.parquet")]
    assert main(["calibrate", str(folder / "reference.parquet"), str(folder / "broken.parquet")]) == 2


@pytest.mark.parametrize("text", ["no json", "[1]", '{"batch": "x"}', '{"batch": "x", "level": "fine", "columns": []}'])
def test_other_lines_are_refused_with_their_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text(text + "\n")
    assert main(["calibrate", "--from", str(path)]) == 2
    assert f"{path}:1: not a line of `holdfast drift --json`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["calibrate"],
        ["calibrate", "{}/reference.parquet"],
        ["calibrate", "{}/reference.parquet", "{}/batch-00.parquet", "--from", "{}/reference.parquet"],
        ["calibrate", "--from", "{}/absent"],
        ["calibrate", "{}/reference.parquet", "{}/batch-00.parquet", "--false-alarms", "0"],
        ["calibrate", "{}/reference.parquet", "{}/batch-00.parquet", "--ignore", "y"],
    ],
    ids=str,
)
def test_misuse_is_said_before_any_work(folder: Path, arguments: list[str]) -> None:
    assert main([argument.format(folder) for argument in arguments]) == 64
