"""The baseline actor: from a request or a closed run to the baseline in force."""

import hashlib
from typing import Any

import pytest
from pydantic import BaseModel

from holdfast.batches import baseline_actor
from holdfast.batches.kernel.baseline import Baseline
from holdfast.ledger.contract import Cause, Decision, Entry, Fold
from holdfast.retraining.entries import BatchVersion, RunClosed
from tests.conftest import ACCOUNT, NOON, Context
from tests.integration.batches.conftest import (
    BUCKET,
    MODEL,
    PREFIX,
    REFERENCE_KEY,
    STATE,
    House,
    announced,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once, watching


class Anything(BaseModel):
    """A stream of another domain, of which nothing is remembered."""


def request(house: House) -> Entry:
    """Let the judge ask for the model's baseline."""
    house.judge(house.put(parquet(seed=2), f"{PREFIX}first.parquet"))
    return house.entries("baselines")[-1]


def closed(house: House, *versions: tuple[str, str], number: int = 1) -> Entry:
    """Put a run on record that was trained on these versions."""
    inputs = tuple(BatchVersion(bucket=BUCKET, key=key, version_id=version) for key, version in versions)
    body = RunClosed(
        decision_id="d" * 64, arn=None, status="Succeeded", failure_reason=None, known_by="description", inputs=inputs
    )
    decision = Decision(body.kind, MODEL, "succeeded", "the run ended well", body, (str(number),))
    fold = Fold(Anything, 1, lambda state, _: state)
    entry = house.ledger.commit(f"retraining#{MODEL}", fold, lambda _: decision, cause=Cause("e", "e"), now=NOON)
    assert entry is not None
    return entry


def stored(house: House) -> list[str]:
    """Name the baselines that are stored."""
    return [one["Key"] for one in house.s3.list_object_versions(Bucket=STATE).get("Versions", [])]


def put(house: House, name: str, **how: Any) -> tuple[str, str]:
    """Put a batch and name its version."""
    event = house.put(parquet(**how), f"{PREFIX}{name}.parquet")
    return f"{PREFIX}{name}.parquet", event["detail"]["object"]["version-id"]


def test_the_reference_becomes_a_baseline_under_its_hash(house: House) -> None:
    asked = request(house)
    assert house.build(asked) == []
    entry = house.entries("baselines")[-1]
    assert (entry.kind, entry.outcome, entry.body["source"]) == ("Baseline Activated", "activated", "reference")
    sha256 = entry.body["sha256"]
    assert stored(house) == [f"baselines/{sha256}.baseline"]
    data = house.s3.get_object(Bucket=STATE, Key=f"baselines/{sha256}.baseline")["Body"].read()
    assert hashlib.sha256(data).hexdigest() == sha256
    assert Baseline.from_bytes(data).rows == entry.body["rows"] == 5000
    head = house.s3.head_object(Bucket=BUCKET, Key=REFERENCE_KEY)
    (source,) = entry.body["sources"]
    assert (source["key"], source["version_id"]) == (REFERENCE_KEY, head["VersionId"]), "pinned to what was read"
    assert (entry.cause, entry.correlation_id) == (asked.decision_id, asked.correlation_id)


def test_told_again_nothing_is_built_again(house: House) -> None:
    asked = request(house)
    house.build(asked, asked)
    with watching() as calls:
        assert house.build(asked) == []
    assert "GetObject" not in calls.names()
    assert [entry.kind for entry in house.entries("baselines")] == ["Baseline Requested", "Baseline Activated"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda house: house.s3.put_object(Bucket=BUCKET, Key=REFERENCE_KEY, Body=b"no parquet"), "cannot be decoded"),
        (lambda house: house.s3.delete_object(Bucket=BUCKET, Key=REFERENCE_KEY), "gone: NoSuchKey"),
        (lambda house: house.s3.put_object(Bucket=BUCKET, Key=REFERENCE_KEY, Body=parquet(rows=0)), "no rows"),
    ],
    ids=["broken", "missing", "empty"],
)
def test_a_reference_that_is_no_use_fails_once_and_is_no_retry_loop(house: House, damage: Any, said: str) -> None:
    asked = request(house)
    damage(house)
    assert house.build(asked, asked) == []
    house.judge(house.put(parquet(seed=3), f"{PREFIX}second.parquet"))
    kinds = [entry.kind for entry in house.entries("baselines")]
    assert kinds == ["Baseline Requested", "Baseline Failed"]
    assert said in house.entries("baselines")[-1].reason
    assert stored(house) == []


def test_a_run_that_ended_well_brings_what_it_was_trained_on_into_force(house: House) -> None:
    house.with_baseline()
    versions = [put(house, name, seed=number, shift=1.0) for number, name in enumerate("abc")]
    put(house, "a", seed=7)
    assert house.build(closed(house, *versions)) == []
    entry = [one for one in house.entries("baselines") if one.stream.endswith(MODEL)][-1]
    assert (entry.kind, entry.body["source"], entry.body["rows"]) == ("Baseline Activated", "run", 6000)
    assert [(one["key"], one["version_id"]) for one in entry.body["sources"]] == versions
    forget()
    house.judge(house.put(parquet(seed=8, shift=1.0), f"{PREFIX}later.parquet"))
    assert house.entries("batches")[-1].outcome == "none", "what was drift is now what is expected"


def test_quarantined_versions_never_enter_a_baseline(house: House) -> None:
    house.with_baseline()
    good, bad = put(house, "good", seed=1), put(house, "bad", seed=2, without=("hum",))
    for key, version in (good, bad):
        found = {"key": key, "version-id": version, "size": 10}
        house.judge({"id": "e", "detail-type": "Object Created", "account": ACCOUNT,
                     "detail": {"bucket": {"name": BUCKET}, "object": found}})  # fmt: skip
    house.build(closed(house, good, bad))
    entry = [one for one in house.entries("baselines") if one.stream.endswith(MODEL)][-1]
    assert [one["key"] for one in entry.body["sources"]] == [good[0]]
    assert (entry.body["left_out"], entry.body["rows"]) == (1, 2000)
    assert "1 left out" in entry.reason


def test_a_run_of_quarantined_versions_alone_leaves_the_old_baseline(house: House) -> None:
    house.with_baseline()
    bad = put(house, "bad", seed=2, without=("hum",))
    found = {"key": bad[0], "version-id": bad[1], "size": 10}
    house.judge({"id": "e", "detail-type": "Object Created", "detail": {"bucket": {"name": BUCKET}, "object": found}})
    house.build(closed(house, bad))
    mine = [one for one in house.entries("baselines") if one.stream.endswith(MODEL)]
    assert [one.kind for one in mine] == ["Baseline Requested", "Baseline Activated", "Baseline Failed"]
    assert "may be used" in mine[-1].reason


def test_a_version_deleted_since_is_left_out_and_said(house: House) -> None:
    house.with_baseline()
    kept, gone = put(house, "kept", seed=1), put(house, "gone", seed=2)
    house.s3.delete_object(Bucket=BUCKET, Key=gone[0], VersionId=gone[1])
    house.build(closed(house, kept, gone))
    entry = [one for one in house.entries("baselines") if one.stream.endswith(MODEL)][-1]
    assert (entry.kind, entry.body["left_out"]) == ("Baseline Activated", 1)


def test_an_older_run_told_late_does_not_replace_a_later_one(house: House) -> None:
    first, second = (closed(house, put(house, f"run-{number}", seed=number), number=number) for number in (1, 2))
    house.build(second)
    in_force = house.entries("baselines")[-1]
    house.build(first)
    assert house.entries("baselines")[-1] == in_force


def test_what_is_not_on_record_is_never_acted_on(house: House) -> None:
    forged = announced(request(house))
    forged["detail"]["decision_id"] = "f" * 64
    answer = baseline_actor.lambda_handler(house.queued(forged), Context())
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["message-0"]
    assert stored(house) == []


def test_the_owner_is_named_in_every_call_on_a_bucket(house: House) -> None:
    asked = request(house)
    with watching() as calls:
        house.build(asked)
    on_buckets = [parameters for _, parameters in calls.made if "Bucket" in parameters]
    assert len(on_buckets) == 2
    assert all(parameters["ExpectedBucketOwner"] == ACCOUNT for parameters in on_buckets)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_there_is_one_baseline(house: House, moment: Moment) -> None:
    """Each run is another order, so that every call of an order is died at once."""
    versions = [put(house, "a", seed=1), put(house, "b", seed=2)]
    first = closed(house, *versions, number=0)
    forget()
    calls = count_calls(lambda: house.build(first))
    assert calls >= 7
    for at in range(calls):
        order = closed(house, *versions, number=at + 1)
        forget()
        kill_once(lambda order=order: house.build(order), at=at, moment=moment)  # type: ignore[misc]
        forget()
        assert house.build(order) == []
        answers = [one for one in house.entries("baselines") if one.cause == order.decision_id]
        assert [one.kind for one in answers] == ["Baseline Activated"]
    assert len(stored(house)) == 1, "one content is stored once"
