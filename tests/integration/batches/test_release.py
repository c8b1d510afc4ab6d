"""A person releases what is in quarantine: recorded, unmarked, usable again, and never evidence."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from holdfast.batches import quarantine_actor
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.retraining.entries import BatchVersion, RunClosed
from holdfast.retraining.logic import FOLD
from holdfast_console.main import main
from tests.conftest import NOON, TABLE, Context
from tests.integration.batches.conftest import (
    BUCKET,
    MODEL,
    PREFIX,
    QUARANTINE,
    House,
    announced,
    failed,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once

KEY = f"{PREFIX}a.parquet"
ARN = "arn:aws:sts::123456789012:assumed-role/analyst/someone"
CAUSE = Cause("event", "event")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def ready(house: House) -> House:
    """Give a house whose baseline is in force."""
    house.with_baseline()
    return house


@pytest.fixture
def holdfast(ready: House, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> Run:
    """Run the command on the house's ledger, and give its exit code and what it printed."""
    monkeypatch.setattr("holdfast_console.quarantine.ward.caller", lambda _: ("123456789012", ARN))

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        table = ["--ledger-table", TABLE, "--manifest", str(tmp_path / "governance.json")]
        code = main(["quarantine", arguments[0], *table, *arguments[1:]])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def refused(house: House, key: str = KEY) -> Entry:
    """Let the judge refuse a batch that lacks a critical column, and the actor set it aside; give the verdict."""
    house.judge(house.put(parquet(seed=5, without=("hum",)), key))
    verdict = next(one for one in house.entries("batches") if one.body.get("key") == key)
    assert house.isolate(verdict) == []
    return verdict


def of(house: House, kind: str) -> list[Entry]:
    """Read the entries of a kind about batches."""
    return [one for one in house.entries("batches") if one.kind == kind]


def tags(house: House, verdict: Entry) -> dict[str, str]:
    """Read the tags of the original."""
    place = {name: verdict.body[field] for name, field in (("Key", "key"), ("VersionId", "version_id"))}
    return {tag["Key"]: tag["Value"] for tag in house.s3.get_object_tagging(Bucket=BUCKET, **place)["TagSet"]}


def test_what_is_in_quarantine_is_listed_with_the_reason(ready: House, holdfast: Run) -> None:
    verdict = refused(ready)
    ready.judge(ready.put(parquet(seed=2), f"{PREFIX}fine.parquet"))
    code, told = holdfast("list")
    assert code == 0
    assert verdict.decision_id[:12] in told
    assert "fine.parquet" not in told
    code, told = holdfast("list", "--json")
    (line,) = [json.loads(line) for line in told.splitlines()]
    assert (line["model"], line["key"], line["status"]) == (MODEL, KEY, "quarantined")
    code, told = holdfast("show", verdict.decision_id[:12])
    assert "hum" in told
    assert QUARANTINE in told


def test_a_batch_with_the_longest_key_there_is_is_refused_listed_and_released(
    ready: House, holdfast: Run, tmp_path: Any
) -> None:
    key = f"{PREFIX}{'x' * (1024 - len(PREFIX) - len('.parquet'))}.parquet"
    verdict = refused(ready, key)
    _, told = holdfast("list", "--json")
    assert [json.loads(line)["key"] for line in told.splitlines()] == [key]
    assert holdfast("release", verdict.decision_id[:10], "--reason", "agreed", "--yes")[0] == 0
    assert holdfast("list")[1].strip() == "nothing is in quarantine"
    assert not list(ready.ledger.open_subjects("batches"))


def test_a_release_names_who_and_why_and_is_one(ready: House, holdfast: Run) -> None:
    verdict = refused(ready)
    code, _ = holdfast("release", verdict.decision_id[:12], "--reason", "hum comes later", "--yes")
    assert code == 0
    code, told = holdfast("release", verdict.decision_id, "--reason", "again", "--yes")
    assert (code, "released already" in told) == (0, True)
    (entry,) = of(ready, "Batch Released")
    assert (entry.body["by"], entry.body["why"], entry.body["verdict"]) == (ARN, "hum comes later", verdict.decision_id)
    assert (entry.actor, entry.stream, entry.cause) == ("holdfast quarantine", verdict.stream, verdict.decision_id)
    assert holdfast("list")[1].strip() == "nothing is in quarantine"


def test_what_is_not_in_quarantine_is_not_released(ready: House, holdfast: Run) -> None:
    ready.judge(ready.put(parquet(seed=2)))
    (clean,) = ready.entries("batches")
    code, told = holdfast("release", clean.decision_id, "--reason", "because", "--yes")
    assert (code, "only what is in quarantine is released" in told) == (2, True)
    assert holdfast("release", "abcdef123456", "--reason", "because", "--yes")[0] == 2
    assert of(ready, "Batch Released") == []


def test_without_a_reason_nothing_is_released(ready: House, holdfast: Run) -> None:
    verdict = refused(ready)
    assert holdfast("release", verdict.decision_id, "--yes")[0] == 64
    assert holdfast("release", verdict.decision_id, "--reason", "  ", "--yes")[0] == 2
    assert of(ready, "Batch Released") == []


def test_the_mark_is_taken_off_and_the_copy_stays(ready: House, holdfast: Run) -> None:
    verdict = refused(ready)
    own = [{"Key": "team", "Value": "mobility"}]
    marked = [{"Key": name, "Value": value} for name, value in tags(ready, verdict).items()]
    ready.s3.put_object_tagging(Bucket=BUCKET, Key=KEY, Tagging={"TagSet": [*marked, *own]})
    holdfast("release", verdict.decision_id, "--reason", "agreed", "--yes")
    (released,) = of(ready, "Batch Released")
    assert ready.isolate(released, released) == []
    assert tags(ready, verdict) == {"team": "mobility"}
    (lifted,) = of(ready, "Quarantine Lifted")
    assert (lifted.outcome, lifted.body["unmarked"]) == ("lifted", 1)
    assert len(ready.s3.list_objects_v2(Bucket=QUARANTINE)["Contents"]) == 1


def test_a_release_that_overtakes_the_quarantine_leaves_no_mark(ready: House, holdfast: Run) -> None:
    ready.judge(ready.put(parquet(seed=5, without=("hum",))))
    (verdict,) = ready.entries("batches")
    holdfast("release", verdict.decision_id, "--reason", "agreed", "--yes")
    (released,) = of(ready, "Batch Released")
    assert ready.isolate(released) == []
    assert ready.isolate(verdict) == []
    assert tags(ready, verdict) == {}
    (quarantined,) = of(ready, "Batch Quarantined")
    assert (quarantined.outcome, quarantined.body["tagged"]) == ("copied", False)


def test_a_released_batch_is_not_judged_again(ready: House, holdfast: Run) -> None:
    event = ready.put(parquet(seed=5, without=("hum",)))
    ready.judge(event)
    (verdict,) = ready.entries("batches")
    holdfast("release", verdict.decision_id, "--reason", "agreed", "--yes")
    assert ready.judge(event) == []
    assert [one.kind for one in ready.entries("batches")] == ["Batch Judged", "Batch Released"]


def closed(house: House, *keys: str) -> Entry:
    """Close a run that was trained on the newest versions of these objects."""
    found = {one["Key"]: one for one in house.s3.list_object_versions(Bucket=BUCKET, Prefix=PREFIX)["Versions"]}
    inputs = tuple(BatchVersion(bucket=BUCKET, key=key, version_id=found[key]["VersionId"]) for key in keys)
    body = RunClosed(
        decision_id="a" * 64, arn="arn:run", status="Succeeded", failure_reason=None, known_by="event", inputs=inputs
    )
    decision = Decision(RunClosed.kind, MODEL, "succeeded", "ended", body, (str(keys),))
    entry = house.ledger.commit(
        f"retraining#{MODEL}", FOLD, lambda _: decision,
        cause=CAUSE, now=NOON,
    )  # fmt: skip
    assert entry is not None
    return entry


@pytest.mark.parametrize("is_released", [False, True])
def test_a_baseline_of_a_run_holds_a_refused_batch_only_once_it_is_released(
    ready: House, holdfast: Run, is_released: bool
) -> None:
    good, bad = f"{PREFIX}good.parquet", f"{PREFIX}bad.parquet"
    ready.judge(ready.put(parquet(seed=2), good))
    verdict = refused(ready, bad)
    if is_released:
        holdfast("release", verdict.decision_id, "--reason", "agreed", "--yes")
    assert ready.build(closed(ready, good, bad)) == []
    (activated,) = [one for one in ready.entries("baselines") if one.body.get("source") == "run"]
    assert {one["key"] for one in activated.body["sources"]} == ({good, bad} if is_released else {good})
    assert activated.body["left_out"] == (0 if is_released else 1)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_the_mark_is_off_once(ready: House, holdfast: Run, moment: Moment) -> None:
    def released(number: int) -> tuple[Entry, Entry]:
        verdict = refused(ready, f"{PREFIX}{number}.parquet")
        holdfast("release", verdict.decision_id, "--reason", "agreed", "--yes")
        return verdict, next(one for one in of(ready, "Batch Released") if one.cause == verdict.decision_id)

    _, first = released(1000)
    calls = count_calls(lambda: ready.isolate(first))
    assert calls >= 6
    for at in range(calls):
        verdict, release = released(at)
        forget()
        kill_once(lambda release=release: ready.isolate(release), at=at, moment=moment)  # type: ignore[misc]
        forget()
        assert ready.isolate(release) == []
        assert len([one for one in of(ready, "Quarantine Lifted") if one.cause == release.decision_id]) == 1
        assert tags(ready, verdict) == {}


def test_a_release_that_is_not_on_record_lifts_nothing(ready: House) -> None:
    verdict = refused(ready)
    forged = announced(verdict)
    forged["detail-type"] = "Batch Released"
    forged["detail"] |= {"decision_id": "f" * 64, "kind": "Batch Released"}
    assert failed(quarantine_actor.lambda_handler(ready.queued(forged), Context())) == ["message-0"]
    assert tags(ready, verdict)["holdfast"] == "quarantined"
