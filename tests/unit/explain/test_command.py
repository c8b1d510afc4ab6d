"""`holdfast explain` on files of any content."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from holdfast_console.commands.explain import COMMAND
from holdfast_console.explain import files

BAD = Path(__file__).parents[4] / "shared" / "bad-inputs" / "JSONTestSuite"
TICK = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}


def run(*arguments: object, stdin: bytes | None = None) -> tuple[int, str]:
    ran = CliRunner().invoke(COMMAND, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)
    return ran.exit_code, ran.output


def lines(*arguments: object, stdin: bytes | None = None) -> list[dict[str, Any]]:
    code, output = run(*arguments, "--json", "--assume-governed", stdin=stdin)
    assert code == 0
    return [json.loads(line) for line in output.splitlines()]


def test_each_file_is_one_line(tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        path.write_text(json.dumps(TICK))
    reason = "a schedule ticked"
    assert lines(*paths) == [
        {"file": str(path), "actions": [{"do": "run_scheduled_sweep"}], "reason": reason} for path in paths
    ]


def test_each_line_of_a_jsonl_file_is_an_event(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f"{json.dumps(TICK)}\n\nnot json\n")
    found = lines(file)
    assert [(one["line"], one["actions"][0]["do"]) for one in found] == [(1, "run_scheduled_sweep"), (3, "dead_letter")]


def test_standard_input_is_a_file_too() -> None:
    assert lines("-", stdin=json.dumps(TICK).encode())[0]["file"] == "-"


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"{", b"nothing", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 100_000, b"1" * 100_000,
     b'{"a": 1e999999}', b"\x00", b"PAR1\x15\x04", "\ufeff{}".encode()],
)  # fmt: skip
def test_no_content_crashes(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(content)
    [found] = lines(file)
    assert found["actions"][0]["do"] in ("dead_letter", "ignore")
    assert found["reason"]


@pytest.mark.parametrize("file", sorted(BAD.glob("*.json")) or [None], ids=lambda file: file.stem if file else "none")
def test_no_hostile_json_crashes(file: Path | None) -> None:
    if file is None:
        pytest.skip("no hostile inputs beside the project")
    [found] = lines(file)
    assert found["actions"][0]["do"] in ("dead_letter", "ignore")


def test_half_a_surrogate_pair_can_be_printed(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text('{"alarmData": {"alarmName": "\\ud800", "state": {"value": "ALARM"}}}')
    assert lines(file)[0]["actions"] == [{"do": "handle_alarm", "alarm": "\\ud800", "state": "ALARM"}]
    assert run(file, "--assume-governed")[0] == 0


def test_a_person_is_told_what_and_why_and_no_control_character_gets_through(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    told = {"bucket": {"name": "data"}, "object": {"key": "a/\x1b[31m[red].csv", "size": 1}}
    file.write_text(json.dumps({"detail-type": "Object Created", "source": "aws.s3", "detail": told}))
    code, output = run(file, "--assume-governed")
    assert code == 0
    assert "start_drift_check" in output
    assert "a new batch" in output
    assert "\\x1b[31m[red].csv" in output
    assert "\x1b" not in output


def test_the_manifest_is_read_unless_everything_is_governed(tmp_path: Path) -> None:
    file, manifest = tmp_path / "event.json", tmp_path / "governance.yaml"
    manifest.write_text("buckets: []\n")
    told = {"bucket": {"name": "data"}, "object": {"key": "a.csv", "size": 1}}
    file.write_text(json.dumps({"detail-type": "Object Created", "source": "aws.s3", "detail": told}))
    code, output = run(file, "--json", "--manifest", manifest)
    assert code == 0
    assert json.loads(output)["reason"] == "no model has batches at data/a.csv"


def test_a_file_that_is_not_there_is_a_misuse(tmp_path: Path) -> None:
    assert run(tmp_path / "none.json")[0] == 2


def test_what_is_too_large_for_an_event_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    stream = io.BytesIO(b" " * 1000)
    monkeypatch.setattr(sys, "stdin", type("In", (), {"buffer": stream}))
    [found] = files.explanations("-", None)  # type: ignore[arg-type]
    assert found.actions[0].do == "dead_letter"
    assert stream.tell() == 11
