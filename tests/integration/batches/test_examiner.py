"""The examiner, from the message to the entries; alibi-detect itself is asked in tests/unit and tests/runtime."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from botocore.exceptions import ClientError

from holdfast.batches import examiner
from holdfast.batches.alibi.sample import MOST_ROWS
from holdfast.batches.detection import SAMPLE, Arguments, Detector
from holdfast.batches.detectors import exact
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import BatchAssessment, Level
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import verify
from holdfast.manifest import Manifest
from holdfast.retraining.contract import Verdict
from holdfast.shared.clients import client
from tests.conftest import Context
from tests.integration.batches.conftest import (
    BUCKET,
    MANIFEST,
    MODEL,
    PLAIN,
    PREFIX,
    REFERENCE_KEY,
    STATE,
    UNVERSIONED,
    House,
    announced,
    failed,
    parquet,
)

KEY = f"{PREFIX}a.parquet"
NAMES = ("alibi_tabular", "alibi_classifier")
FOREST = {"name": NAMES[1], "arguments": {"trees": 20}}


@dataclass
class Spy:
    """A detector that keeps what it was shown and says drift."""

    shown: list[tuple[pa.Table, pa.Table, DriftPolicy]] = field(default_factory=list)
    told: list[Arguments] = field(default_factory=list)

    def compare(
        self, reference: pa.Table, batch: pa.Table, policy: DriftPolicy, *, arguments: Arguments
    ) -> BatchAssessment:
        """Keep what is shown and told."""
        self.told.append(arguments)
        self.shown.append((reference, batch, policy))
        detector = NAMES[(len(self.shown) - 1) % len(NAMES)]
        return BatchAssessment(level=Level.DRIFT, n=batch.num_rows, reason="it looks different", detector=detector)


@dataclass(frozen=True)
class Room:
    """A house with an examiner in it."""

    house: House
    spy: Spy

    def judged(self, data: bytes, *, key: str = KEY, bucket: str = BUCKET) -> Entry:
        """Put a batch, let it be judged and give the verdict."""
        self.house.judge(self.house.put(data, key, bucket=bucket))
        return [entry for entry in self.house.entries("batches") if entry.kind == "Batch Judged"][-1]

    def examine(self, *verdicts: Entry | dict[str, Any]) -> list[str]:
        """Let the examiner see verdicts announced, and name the messages that come again."""
        messages = [one if isinstance(one, dict) else announced(one) for one in verdicts]
        return failed(examiner.lambda_handler(self.house.queued(*messages), Context()))

    def examined(self) -> list[Entry]:
        """Read what was examined."""
        return [entry for entry in self.house.entries("batches") if entry.kind == "Batch Examined"]


def forget() -> None:
    """Let the examiner start cold."""
    for function in (examiner.ledger, examiner.manifest, examiner.sampler):
        function.cache_clear()


@pytest.fixture
def room(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Furnish the room: every model names both detectors, which are spies."""
    named = {
        name: {**model, "drift": {"effect": 0.07, "detectors": ["exact", NAMES[0], FOREST]}}
        for name, model in MANIFEST["models"].items()  # type: ignore[attr-defined]
    }
    shipped = tmp_path / "examined.json"
    shipped.write_bytes(Manifest.model_validate({**MANIFEST, "models": named}).canonical())
    monkeypatch.setenv("HOLDFAST_MANIFEST", str(shipped))
    spy = Spy()
    spies = {name: Detector(name, SAMPLE, spy.compare) for name in NAMES}
    monkeypatch.setattr(examiner, "known", lambda: {"exact": exact.DETECTOR, **spies})
    forget()
    house.with_baseline()
    yield Room(house, spy)
    forget()


def samples() -> dict[str, bytes]:
    """Read what the state bucket keeps of samples."""
    s3 = client("s3")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=STATE, Prefix="samples/").get("Contents", [])]
    return {key: s3.get_object(Bucket=STATE, Key=key)["Body"].read() for key in keys}


def test_each_named_detector_has_its_say_in_the_stream_of_the_batch(room: Room) -> None:
    verdict = room.judged(parquet(seed=2, rows=800))
    assert room.examine(verdict) == []
    entries = room.examined()
    assert [entry.body["detector"] for entry in entries] == list(NAMES)
    for entry in entries:
        assert (entry.stream, entry.subject, entry.outcome) == (verdict.stream, MODEL, "drift")
        assert (entry.body["verdict"], entry.cause, entry.correlation_id) == (
            verdict.decision_id,
            verdict.decision_id,
            verdict.correlation_id,
        )
        assert entry.body["baseline"] == verdict.body["baseline"]
        assert entry.reason == f"{entry.body['detector']}: it looks different"
        assert Verdict.of(entry).batch == Verdict.of(verdict).batch
    verify([entry for entry in room.house.entries("batches") if entry.stream == verdict.stream])


def test_the_detectors_see_bounded_samples_and_the_models_policy(room: Room) -> None:
    room.examine(room.judged(parquet(seed=2, rows=MOST_ROWS + 1)))
    reference, batch, policy = room.spy.shown[0]
    assert (reference.num_rows, batch.num_rows, policy.effect) == (MOST_ROWS, MOST_ROWS, 0.07)
    assert reference.column_names == batch.column_names == ["temp", "hum", "season"]
    assert {entry.body["sample_rows"] for entry in room.examined()} == {MOST_ROWS}
    assert [getattr(told, "trees", None) for told in room.spy.told] == [None, 20]
    told = [entry.body["arguments"] for entry in room.examined()]
    assert [one.get("trees") for one in told] == [None, 20]
    assert told[1]["splits"] == 5, "what the manifest leaves open is on record, too"


def test_columns_beyond_the_bound_are_left_out_and_that_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.batches.alibi.sample.MOST_COLUMNS", 2)
    room.examine(room.judged(parquet(seed=2)))
    assert room.spy.shown[0][1].column_names == ["temp", "hum"]
    assert {entry.body["columns_left_out"] for entry in room.examined()} == {1}
    assert "1 columns are beyond the bound" in room.examined()[0].reason


def test_twice_equals_once_and_says_nothing_anew(room: Room) -> None:
    verdict = room.judged(parquet(seed=2))
    assert room.examine(verdict, verdict) == []
    assert room.examine(verdict) == []
    assert len(room.examined()) == len(room.spy.shown) == 2


def test_after_a_crash_between_two_detectors_only_the_second_speaks(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = room.judged(parquet(seed=2))
    with monkeypatch.context() as only_one:
        only_one.setattr(examiner, "named", lambda _: [examiner.known()[NAMES[0]]])
        room.examine(verdict)
    assert room.examine(verdict) == []
    assert [entry.body["detector"] for entry in room.examined()] == list(NAMES)
    assert len(room.spy.shown) == 2


def test_the_sample_is_drawn_once_and_kept_as_parquet_under_its_hash_beside_its_arguments(room: Room) -> None:
    room.examine(room.judged(parquet(seed=2)))
    kept = samples()
    (description,) = [json.loads(data) for key, data in kept.items() if key.endswith(".json")]
    data = kept[f"samples/{description['sha256']}.parquet"]
    assert hashlib.sha256(data).hexdigest() == description["sha256"] == room.examined()[0].body["sample"]
    assert description["rows"] == 5_000
    assert f"s3://{BUCKET}/{REFERENCE_KEY}@" in description["sources"][0]

    client("s3").delete_object(Bucket=BUCKET, Key=REFERENCE_KEY)
    room.examine(room.judged(parquet(seed=3), key=f"{PREFIX}b.parquet"))
    assert samples() == kept
    assert room.spy.shown[0][0].equals(room.spy.shown[2][0])


def test_a_sample_that_was_changed_is_refused(room: Room) -> None:
    room.examine(room.judged(parquet(seed=2)))
    for key in samples():
        if key.endswith(".parquet"):
            client("s3").put_object(Bucket=STATE, Key=key, Body=parquet(seed=9))
    assert room.examine(room.judged(parquet(seed=3), key=f"{PREFIX}b.parquet")) == ["message-0"]
    assert len(room.examined()) == 2


def test_the_version_that_was_judged_is_examined(room: Room) -> None:
    verdict = room.judged(parquet(seed=2, rows=800))
    room.house.put(parquet(seed=3, rows=900))
    room.examine(verdict)
    assert room.spy.shown[0][1].num_rows == 800


def test_a_batch_that_is_gone_is_unknown(room: Room) -> None:
    verdict = room.judged(parquet(seed=2), bucket=UNVERSIONED)
    assert verdict.subject == PLAIN
    client("s3").delete_object(Bucket=UNVERSIONED, Key=KEY)
    assert room.examine(verdict) == []
    assert [entry.outcome for entry in room.examined()] == ["unknown", "unknown"]
    assert "is gone: NoSuchKey" in room.examined()[0].reason
    assert room.spy.shown == []


def test_a_decision_that_is_not_on_record_is_not_acted_on(room: Room) -> None:
    message = announced(room.judged(parquet(seed=2)))
    forged = {**message, "detail": {**message["detail"], "decision_id": "0" * 64}}
    assert room.examine(forged, message) == ["message-0"]
    assert len(room.examined()) == 2


@pytest.mark.parametrize("data", [parquet(seed=4, rows=20), parquet(seed=5, without=("hum",))], ids=["few", "broken"])
def test_a_batch_that_was_not_measured_is_not_examined(room: Room, data: bytes) -> None:
    assert room.examine(room.judged(data)) == ["message-0"]
    assert room.examined() == []


def test_a_model_governed_no_more_is_passed_over(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = room.judged(parquet(seed=2))
    with monkeypatch.context() as changed:
        changed.setattr(examiner, "manifest", Manifest)
        assert room.examine(verdict) == []
    assert room.examined() == []


def test_every_call_to_s3_names_the_owner_it_expects(room: Room) -> None:
    verdict = room.judged(parquet(seed=2))
    calls: list[tuple[str, dict[str, Any]]] = []
    client("s3").meta.events.register(
        "provide-client-params.s3.*", lambda params, model, **_: calls.append((model.name, params))
    )
    room.examine(verdict)
    named = {name: params.get("ExpectedBucketOwner") for name, params in calls}
    assert named == dict.fromkeys(["GetObject", "ListObjectsV2", "PutObject"], "123456789012")


def test_a_read_that_is_denied_comes_again_and_is_never_a_verdict(room: Room) -> None:
    verdict = room.judged(parquet(seed=2))

    def deny(model: Any, **_: Any) -> None:
        if model.name == "GetObject":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, model.name)

    client("s3").meta.events.register("before-call.s3", deny)
    assert room.examine(verdict) == ["message-0"]
    assert room.examined() == []
