"""Stories in a file, and the command that plays them."""

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.main import main
from holdfast_console.replay.stories import Story, StoryError, events_of
from tests.replay.conftest import MANIFEST, rows

STORY = """
title: a broken batch
manifest: governance.yaml
start: 2026-03-02T09:00:00Z
ticks_every: 1 hour
steps:
  - put: {bucket: ml-data, key: orders/reference.parquet, file: reference.parquet}
  - put: {bucket: ml-data, key: orders/batches/1.parquet, text: no Parquet}
  - advance: 1 hour
  - event: event.json
  - call: {service: s3, operation: delete_public_access_block, arguments: {Bucket: ml-data}}
  - next_run: {fails: "CapacityError: none left", lasts: 5 minutes}
  - expect: {kind: Batch Judged, subject: orders, outcomes: [unknown, quarantined]}
  - expect: {dead_letters: 0, runs: 0}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "governance.yaml").write_text(MANIFEST)
    (tmp_path / "reference.parquet").write_bytes(rows(seed=1, count=3000))
    (tmp_path / "event.json").write_text(json.dumps({"detail-type": "Odd", "source": "test", "detail": {}}))
    (tmp_path / "story.yaml").write_text(STORY)
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_story_is_played_and_its_expectations_are_met(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = folder / "out" / "ledger.jsonl"
    assert main(["replay", str(folder / "story.yaml"), "--json", "--export", str(export)]) == 0
    told = lines(capsys)
    assert [
        line["decision"]["outcome"] for line in told if line.get("function") == "BatchJudge" and "decision" in line
    ] == [
        "requested",
        "unknown",
        "quarantined",
    ]
    assert (told[-1]["kind"], told[-1]["dead_letters"], told[-1]["not_granted"]) == ("figures", 0, 0)
    assert told[-1]["events_per_second"] > 0
    assert main(["ledger", "verify", str(export)]) == 0


def test_an_expectation_that_is_not_met_fails_the_replay(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "story.yaml").write_text(
        STORY.replace("outcomes: [unknown, quarantined]", "outcomes: [none, drift]").replace("runs: 0", "runs: 2")
    )
    assert main(["replay", str(folder / "story.yaml"), "--json"]) == 1
    problems = [line["reason"] for line in lines(capsys) if line["kind"] == "problem"]
    assert problems == [
        "step 7: Batch Judged orders: expected none, drift, got unknown, quarantined",
        "step 8: expected 2 runs, got 0",
    ]


def test_recorded_events_are_played_and_told_to_a_person(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trail = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutBucketPolicy",
        "eventID": "1",
        "recipientAccountId": "123456789012",
    }
    changed = {**trail, "requestParameters": {"bucketName": "ml-data"}}
    read = {**trail, "eventName": "GetBucketPolicy"}
    (folder / "trail.jsonl").write_text("\n".join(json.dumps(event) for event in (changed, read)))
    arguments = [str(folder / "trail.jsonl"), "--manifest", str(folder / "governance.yaml"), "--all", "--grants"]
    assert main(["replay", *arguments]) == 0
    told = capsys.readouterr().out
    assert "ComplianceJudge → Resource Judged #1 fail" in told.replace("\n", " ")
    assert "only reads reaches no rule" in told
    assert "never used" in told
    assert "events per second" in told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("steps: []", "story.yaml:1: steps"),
        ("steps:\n  - {advance: soon}", "story.yaml:2.*expected a time such as '20 minutes'"),
        ("steps:\n  - {put: {bucket: b, key: k}}", "story.yaml:2.*exactly one of file and text"),
        ("steps:\n  - {advance: 1 day}\n  - {dance: 1 day}", "story.yaml:3"),
        ("steps:\n  - {advance: 1 day, put: {bucket: b, key: k, text: t}}", "expected exactly one of put, event"),
        ("steps: [*a]", "alias"),
    ],
)
def test_a_story_that_cannot_be_played_says_where_and_why(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "story.yaml").write_text(text)
    with pytest.raises(ConfigurationError, match=reason):
        Story.load(tmp_path / "story.yaml")


@pytest.mark.parametrize(("text", "reason"), [("{", "not JSON"), ("[1]", "expected JSON objects")])
def test_what_is_no_event_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(StoryError, match=reason):
        events_of(tmp_path / "event.json")
