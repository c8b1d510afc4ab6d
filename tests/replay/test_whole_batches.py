"""Batches of several objects, deadlines, seasons and releases, through the wiring that would be deployed."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import Author
from holdfast_console.main import main
from holdfast_console.quarantine.ward import Ward
from holdfast_console.replay.gate import Call, Moment
from holdfast_console.replay.session import Twin
from holdfast_console.replay.templates import Synthesis, synthesis
from tests.replay.conftest import quiet, rows
from tests.replay.test_crashes import Killer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PERSON = "arn:aws:iam::123456789012:user/someone"
MANIFEST = """
buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
  - {name: ml-landing, region: eu-west-1, events: notification}
models:
  orders:
    owner: shop-team
    batches: {bucket: ml-data, prefix: orders/batches/, closed_by: success, due: {every_hours: 24, grace_hours: 2}}
    reference: s3://ml-data/orders/reference.parquet
    schema: {critical: [price]}
    retraining: {pipeline: Orders-Training, patience: 2 of 3, settle_minutes: 0, cooldown_days: 0}
  trips:
    owner: fleet-team
    batches: {bucket: ml-landing, prefix: trips/, closed_by: manifest}
    reference: s3://ml-data/trips/reference.parquet
    seasonal: {same: weekday}
"""
Start = Callable[..., Any]


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Synthesis]:
    """Synthesise a house of such batches."""
    path = tmp_path_factory.mktemp("whole") / "governance.yaml"
    path.write_text(MANIFEST)
    return path, synthesis(path)


@pytest.fixture
def start(governed: tuple[Path, Synthesis]) -> Start:
    """Start a twin of it."""
    path, made = governed
    return lambda **options: Twin.start(path, synthesis=made, **options)


def references(twin: Twin) -> None:
    """Put what the models learned from."""
    for name in ("orders", "trips"):
        twin.put("ml-data", f"{name}/reference.parquet", rows(seed=1, count=3000))
    twin.settle()
    twin.advance(HOUR, ticks_every=HOUR)
    quiet(twin)


def folder(twin: Twin, name: str, *, seed: int, shift: float = 0.0, broken: bool = False) -> None:
    """Write a folder of two parts, and close it, a minute after what was before."""
    twin.advance(timedelta(minutes=1))
    for part in range(2):
        data = rows(seed=10 * seed + part, shift=shift)
        data = without_price(data) if broken else data
        twin.put("ml-data", f"orders/batches/{name}/part-{part}.parquet", data)
    twin.put("ml-data", f"orders/batches/{name}/_SUCCESS", b"")
    quiet(twin)


def without_price(data: bytes) -> bytes:
    """Leave a critical column out: it can be read, and is refused."""
    file = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(data)).drop_columns(["price"]), file)
    return file.getvalue()


def listed(twin: Twin, name: str, *, seed: int) -> None:
    """Write two parts, and a manifest file that lists them."""
    for part in range(2):
        twin.put("ml-landing", f"trips/{name}/{part}.parquet", rows(seed=10 * seed + part))
    entries = [{"url": f"s3://ml-landing/trips/{name}/{part}.parquet"} for part in range(2)]
    twin.put("ml-landing", f"trips/{name}/batch.manifest", json.dumps({"entries": entries}).encode())
    quiet(twin)


def of(twin: "Twin | Played", kind: str, subject: str | None = None) -> list[Entry]:
    """Give the entries of a kind."""
    return [one for one in twin.ledger_entries() if one.kind == kind and subject in (None, one.subject)]


def ward(twin: Twin) -> Ward:
    """Open the ward as a person does, with credentials of their own."""
    table = twin.function("BatchJudge").environment["HOLDFAST_LEDGER_TABLE"]
    ledger = Ledger(twin.client("dynamodb"), table, Author("holdfast quarantine", twin.manifest.digest))
    return Ward(twin.manifest, ledger, PERSON)


def tell(twin: Twin) -> None:
    """Play a week of folders and lists: one late, one refused and released, two drifted and learned from."""
    references(twin)
    folder(twin, "monday", seed=2)
    listed(twin, "monday", seed=3)
    twin.advance(DAY + 5 * HOUR, ticks_every=14 * HOUR)
    quiet(twin)
    folder(twin, "tuesday", seed=4)
    twin.advance(HOUR, ticks_every=HOUR)
    folder(twin, "wednesday", seed=5, shift=1)
    folder(twin, "broken", seed=6, shift=1, broken=True)
    (patient,) = ward(twin).patients(["orders"])
    assert ward(twin).release(patient, why="prices come later") is not None
    quiet(twin)
    folder(twin, "thursday", seed=7, shift=1)
    twin.advance(HOUR, ticks_every=timedelta(minutes=20))
    quiet(twin)


@dataclass
class Played:
    """What is left of a story once its twin is gone."""

    entries: list[Entry]
    told: list[Any]
    runs: list[Any]
    denied: list[Any]
    export: Path

    def ledger_entries(self) -> list[Entry]:
        """Give the entries in the order of commit."""
        return self.entries


@pytest.fixture(scope="module")
def played(governed: tuple[Path, Synthesis], tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the story once, for the tests that only look at how it ended."""
    path, made = governed
    export = tmp_path_factory.mktemp("played") / "ledger.jsonl"
    with Twin.start(path, synthesis=made) as twin:
        tell(twin)
        twin.export_ledger(export)
        return Played(twin.ledger_entries(), twin.notifications(), list(twin.sagemaker.runs), list(twin.denied), export)


def test_whole_batches_end_as_they_must_under_the_grants_that_are_deployed(played: Played) -> None:
    assert played.denied == []
    orders = [one for one in of(played, "Batch Judged", "orders") if one.outcome != "unknown"]
    assert [one.outcome for one in orders] == ["none", "none", "drift", "quarantined", "drift"]
    assert all(len(one.body["parts"]) == 2 and one.body["key"].endswith("/_SUCCESS") for one in orders)
    trips = [one for one in of(played, "Batch Judged", "trips") if one.outcome != "unknown"]
    assert [(one.outcome, len(one.body["parts"])) for one in trips] == [("none", 2)]
    assert [one.outcome for one in of(played, "Batch Quarantined")] == ["copied"]
    assert [one.body["by"] for one in of(played, "Batch Released")] == [PERSON]
    assert [one.outcome for one in of(played, "Quarantine Lifted")] == ["lifted"]
    assert main(["ledger", "verify", str(played.export)]) == 0


def test_a_deadline_without_a_batch_is_told_once_and_the_late_one_too(played: Played) -> None:
    (missed,) = of(played, "Batch Missed")
    assert missed.subject == "orders"
    assert [one.outcome for one in of(played, "Batch Awaited")][:3] == ["expected", "in_time", "late"]
    told = [note for note in played.told if "Batch Missed" in note.subject]
    assert [note.attributes["audience"] for note in told] == ["owner"]
    assert any("Batch Awaited: orders late" in note.subject for note in played.told)


def test_a_run_learns_from_the_parts_and_not_from_what_is_refused(played: Played) -> None:
    (run,) = played.runs
    (decided,) = of(played, "Retrain Decided")
    assert [one["key"].split("/")[2] for one in decided.body["inputs"]] == ["wednesday", "broken", "thursday"]
    said = json.dumps(run.parameters if hasattr(run, "parameters") else vars(run), default=str)
    for day in ("wednesday", "broken", "thursday"):
        assert said.count(f"orders/batches/{day}/part-") == 2
    assert "_SUCCESS?versionId" not in said


def test_a_whole_batch_is_judged_once_whenever_its_functions_die(start: Start) -> None:
    """Both die in one and the same batch, at every third call; the integration tests kill at each."""
    with start() as twin:
        references(twin)
        killers = {name: Killer(twin) for name in ("BatchJudge", "QuarantineActor")}

        def strike(call: Call, moment: Moment) -> None:
            for killer in killers.values():
                killer.strike(call, moment)

        twin.gate.fault = strike
        number, before, struck = 0, -1, 0
        while struck > before:
            before, number = struck, number + 1
            for name, killer in killers.items():
                killer.aim(3 * number - 2, "after" if number % 2 else "before", name)
            folder(twin, f"day-{number}", seed=number, broken=True)
            struck = sum(len(killer.struck) for killer in killers.values())
        twin.gate.fault = None
        verdicts = [one for one in of(twin, "Batch Judged", "orders") if one.outcome != "unknown"]
        assert len(verdicts) == len({one.stream for one in verdicts}) == number
        assert len(of(twin, "Batch Quarantined")) == number
        aside = twin.function("QuarantineActor").environment["HOLDFAST_QUARANTINE_BUCKET"]
        assert len(twin.client("s3").list_objects_v2(Bucket=aside)["Contents"]) == 3 * number
        assert all(len(killer.struck) > 3 for killer in killers.values()), "each makes more calls than that"


def test_thrice_delivered_and_shuffled_it_ends_the_same(start: Start, played: Played) -> None:
    def outcomes(twin: "Twin | Played") -> dict[str, list[str]]:
        kinds = ("Batch Judged", "Batch Quarantined", "Quarantine Lifted", "Batch Missed", "Batch Released")
        return {kind: sorted(one.outcome for one in of(twin, kind) if one.outcome != "unknown") for kind in kinds}

    plain = outcomes(played)
    with start(seed=1, deliveries=3) as twin:
        tell(twin)
        assert outcomes(twin) == plain


def test_a_batch_is_held_against_the_same_weekdays_once_there_are_some(start: Start) -> None:
    with start() as twin:
        references(twin)
        listed(twin, "first", seed=2)
        (first,) = [one for one in of(twin, "Batch Judged", "trips") if one.outcome != "unknown"]
        assert "held against the model's own" in first.reason
        twin.advance(7 * DAY, ticks_every=2 * DAY)
        quiet(twin)
        listed(twin, "second", seed=3)
        second = [one for one in of(twin, "Batch Judged", "trips") if one.outcome != "unknown"][-1]
        assert "held against the 8 " in second.reason
        seasonal = [one for one in of(twin, "Baseline Activated", "trips") if one.body["season"]]
        assert second.body["baseline"] in {one.body["sha256"] for one in seasonal}
        own = [one for one in of(twin, "Baseline Activated", "trips") if not one.body["season"]]
        assert second.body["era"] == own[-1].body["sha256"] == first.body["baseline"]
        keys = {source["key"] for one in seasonal for source in one.body["sources"]}
        assert keys == {"trips/first/0.parquet", "trips/first/1.parquet"}
        assert twin.denied == []
