"""The reporter: one report for each verdict, under lock, borne out by a recount, and of nothing but statistics."""

import base64
import hashlib
import io
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

from holdfast.batches import examination, recount, reporter
from holdfast.batches.alibi.sample import Sample
from holdfast.batches.entries import BatchJudged
from holdfast.batches.logic import BATCH
from holdfast.batches.report.document import Report
from holdfast.batches.report.entries import ReportStored
from holdfast.batches.report.html import page
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import Decision, Entry
from holdfast.manifest import Manifest
from tests.conftest import ACCOUNT, Context
from tests.integration.batches.conftest import (
    BUCKET,
    MANIFEST,
    MODEL,
    PREFIX,
    REPORTS,
    STATE,
    UNVERSIONED,
    House,
    announced,
    failed,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once, watching

KEY = f"{PREFIX}a.parquet"


def judged(house: House, data: bytes, key: str = KEY, *, bucket: str = BUCKET) -> Entry:
    """Let the judge see a batch, and give its verdict."""
    event = house.put(data, key, bucket=bucket)
    house.judge(event)
    return verdicts(house, event)[-1]


def verdicts(house: House, event: dict[str, Any]) -> list[Entry]:
    """Give the verdicts on the object that an event tells of."""
    told = event["detail"]["object"]
    of = (told["key"], told.get("version-id", "null"), told["etag"])
    every = [one for one in house.entries("batches") if one.kind == "Batch Judged"]
    return [one for one in every if (one.body["key"], one.body["version_id"], one.body["etag"]) == of]


def stored(house: House) -> list[ReportStored]:
    """Read what is on record of reports."""
    return [ReportStored.of(one) for one in house.entries("reports")]


def fetched(house: House, uri: str) -> bytes:
    """Read a report's file."""
    data: bytes = house.s3.get_object(Bucket=REPORTS, Key=uri.removeprefix(f"s3://{REPORTS}/"))["Body"].read()
    return data


def twin(house: House, body: ReportStored) -> Report:
    """Read a report's twin."""
    return Report.model_validate_json(fetched(house, body.twin.uri))


def files(house: House) -> list[dict[str, Any]]:
    """List every version in the bucket of reports."""
    found: list[dict[str, Any]] = house.s3.list_object_versions(Bucket=REPORTS).get("Versions", [])
    return found


@pytest.fixture
def ready(house: House) -> House:
    """Give a house whose baseline is in force."""
    house.with_baseline()
    return house


def test_a_drifted_batch_has_a_report_whose_hashes_are_on_record(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3, shift=1))
    assert ready.report(verdict) == []
    (entry,) = ready.entries("reports")
    body = ReportStored.of(entry)
    assert (entry.kind, entry.outcome, entry.stream) == ("Report Stored", "stored", f"reports#{MODEL}")
    assert (entry.cause, entry.correlation_id) == (verdict.decision_id, verdict.correlation_id)
    for file in (body.page, body.twin):
        data = fetched(ready, file.uri)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)
        assert verdict.decision_id in file.uri
    told = twin(ready, body)
    assert fetched(ready, body.page.uri) == page(told), "the page says what its twin says"
    assert (told.verdict.level, told.verdict.n, told.warning) == ("drift", 2000, None)
    assert told.columns[0].name == "temp"
    assert told.columns[0].spread is not None
    assert told.provenance.decision == verdict.decision_id
    assert told.provenance.objects[0].version_id == verdict.body["version_id"]
    assert body.past.effects["temp"] > 1


def test_a_report_is_locked_and_its_bytes_are_checked_on_the_way(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3))
    with watching() as calls:
        ready.report(verdict)
    puts = [parameters for name, parameters in calls.made if name == "PutObject"]
    assert [put["Key"].rpartition(".")[2] for put in puts] == ["json", "html"]
    for put in puts:
        until = verdict.recorded_at + timedelta(days=365)
        assert put["ObjectLockMode"] == "GOVERNANCE"
        assert abs(put["ObjectLockRetainUntilDate"] - until) < timedelta(seconds=1)
        assert put["IfNoneMatch"] == "*"
        assert base64.b64decode(put["ChecksumSHA256"]) == hashlib.sha256(put["Body"]).digest()
    assert ready.s3.head_object(Bucket=REPORTS, Key=puts[1]["Key"])["ObjectLockMode"] == "GOVERNANCE"
    assert all(parameters["ExpectedBucketOwner"] == ACCOUNT for _, parameters in calls.made if "Bucket" in parameters)


def test_told_again_nothing_is_done_again(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3))
    ready.report(verdict, verdict)
    with watching() as calls:
        assert ready.report(verdict) == []
    assert set(calls.names()) == {"GetItem"}
    assert (len(files(ready)), len(stored(ready))) == (2, 1)


def test_only_a_verdict_on_record_is_reported(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3))
    forged = announced(verdict)
    forged["detail"] |= {"decision_id": "f" * 64}
    assert failed(reporter.lambda_handler(ready.queued(forged), Context())) == ["message-0"]
    assert ready.report(ready.entries("baselines")[0]) == ["message-0"], "another kind of decision"
    assert files(ready) == []


def test_a_refused_batch_is_not_read_again_and_its_report_says_why(ready: House) -> None:
    verdict = judged(ready, b"this is no parquet")
    with watching() as calls:
        assert ready.report(verdict) == []
    assert not [name for name, parameters in calls.made if name == "GetObject" and parameters["Bucket"] == BUCKET]
    told = twin(ready, stored(ready)[0])
    assert (told.verdict.level, told.columns) == ("quarantined", ())
    assert "producer" in told.verdict.action
    assert told.verdict.reason == verdict.reason
    assert stored(ready)[0].past.effects == {}


def test_an_unjudged_batch_has_a_report_too_and_another_once_it_is_judged(house: House) -> None:
    event = house.put(parquet(seed=3))
    house.judge(event)
    house.report(*verdicts(house, event))
    house.with_baseline()
    house.judge(event)
    house.report(*verdicts(house, event))
    assert [one.past.level for one in stored(house)] == ["unknown", "none"]
    assert "judged again" in twin(house, stored(house)[0]).verdict.action


def test_the_history_is_in_the_order_of_the_objects_whatever_the_order_of_the_reports(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = [judged(ready, parquet(seed=10 + day, shift=day), f"{PREFIX}{day}.parquet") for day in range(4)]
    start = datetime(2026, 3, 1, tzinfo=UTC)
    moments = {one.decision_id: start + timedelta(days=day) for day, one in enumerate(verdicts)}
    original = reporter.BatchJudged.of

    def dated(entry: Entry) -> Any:
        return original(entry).model_copy(update={"object_time": moments[entry.decision_id]})

    monkeypatch.setattr(reporter.BatchJudged, "of", dated)
    for day in (0, 3, 1, 2):
        assert ready.report(verdicts[day]) == []
    told = {one.past.key: [before.key for before in twin(ready, one).history] for one in stored(ready)}
    names = [f"{PREFIX}{day}.parquet" for day in range(4)]
    assert told[names[3]] == [names[0], names[3]], "what was not reported yet is not known"
    assert told[names[1]] == names[:2], "the later batch is no part of the earlier one's past"
    assert told[names[2]] == names[:3]
    last = twin(ready, stored(ready)[-1])
    temp = next(column for column in last.columns if column.name == "temp")
    assert [ratio is not None for ratio in temp.history] == [True, True, True]
    assert (temp.history[0] or 0) < 1 < (temp.history[1] or 0)


def test_a_recount_that_comes_to_another_level_is_said_loudly_and_the_verdict_stands(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = judged(ready, parquet(seed=3))
    judgement = recount.assessed

    def other(*arguments: Any, **named: Any) -> Any:
        return judgement(*arguments, **named).model_copy(update={"level": "drift"})

    monkeypatch.setattr(recount, "assessed", other)
    assert ready.report(verdict) == []
    (entry,) = ready.entries("reports")
    assert entry.outcome == "disagrees"
    assert "counted again this batch comes to drift, on record is none" in entry.reason
    told = twin(ready, ReportStored.of(entry))
    assert told.verdict.level == "none"
    assert "comes to drift" in (told.warning or "")


def test_the_baseline_that_the_verdict_names_is_used_although_another_is_in_force(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3, shift=1))
    with watching() as calls:
        ready.report(verdict)
    (read,) = [parameters["Key"] for name, parameters in calls.made if parameters.get("Bucket") == STATE]
    assert read == f"baselines/{verdict.body['baseline']}.baseline"


def test_a_batch_that_is_gone_is_reported_from_what_is_on_record(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3, shift=1))
    ready.s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=verdict.body["version_id"])
    assert ready.report(verdict) == []
    told = twin(ready, stored(ready)[0])
    assert "gone" in (told.warning or "")
    assert (told.verdict.level, told.columns) == ("drift", ())
    assert told.results[0].name == "temp"
    assert stored(ready)[0].past.effects["temp"] > 1


def test_without_versions_what_was_overwritten_is_not_taken_for_what_was_judged(ready: House) -> None:
    verdict = judged(ready, parquet(seed=3), bucket=UNVERSIONED)
    ready.put(parquet(seed=4, shift=3), bucket=UNVERSIONED)
    assert ready.report(verdict) == []
    assert "overwritten" in (twin(ready, stored(ready)[0]).warning or "")


@pytest.mark.parametrize(("operation", "bucket"), [("GetObject", STATE), ("GetObject", BUCKET), ("PutObject", REPORTS)])
def test_denied_comes_again_and_is_no_outcome(ready: House, operation: str, bucket: str) -> None:
    verdict = judged(ready, parquet(seed=3))

    def deny(model: Any, params: Any, **_: Any) -> None:
        if model.name == operation and bucket in str(params):
            raise ClientError(
                {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, model.name
            )

    ready.s3.meta.events.register("before-call.s3", deny)
    assert ready.report(verdict) == ["message-0"]
    ready.s3.meta.events.unregister("before-call.s3", deny)
    assert stored(ready) == []
    assert ready.report(verdict) == []
    assert len(stored(ready)) == 1


@pytest.mark.parametrize("forged", [b"forged", None], ids=["changed", "gone"])
def test_without_the_baseline_of_the_verdict_there_is_no_report_and_the_message_comes_again(
    ready: House, forged: bytes | None
) -> None:
    verdict = judged(ready, parquet(seed=3))
    forget()
    (kept,) = [one["Key"] for one in ready.s3.list_objects_v2(Bucket=STATE)["Contents"]]
    whole = ready.s3.get_object(Bucket=STATE, Key=kept)["Body"].read()
    ready.s3.delete_object(Bucket=STATE, Key=kept)
    if forged is not None:
        ready.s3.put_object(Bucket=STATE, Key=kept, Body=forged)
    assert ready.report(verdict) == ["message-0"]
    assert stored(ready) == []
    ready.s3.put_object(Bucket=STATE, Key=kept, Body=whole)
    assert ready.report(verdict) == []
    assert len(stored(ready)) == 1


def test_page_and_twin_are_of_one_piece_although_the_history_grew_between_them(ready: House) -> None:
    probe, earlier, verdict = (judged(ready, parquet(seed=seed), f"{PREFIX}{seed}.parquet") for seed in (3, 4, 5))
    forget()
    with watching() as calls:
        ready.report(probe)
    forget()
    kill_once(lambda: ready.report(verdict), at=calls.names().index("PutObject"), moment="after")
    (kept,) = [one for one in files(ready) if verdict.decision_id in one["Key"]]
    first = ready.s3.get_object(Bucket=REPORTS, Key=kept["Key"])["Body"].read()
    forget()
    ready.report(earlier, verdict)
    (body,) = [one for one in stored(ready) if one.verdict == verdict.decision_id]
    assert fetched(ready, body.twin.uri) == first
    assert [one.key for one in twin(ready, body).history] == [probe.body["key"], verdict.body["key"]]
    assert fetched(ready, body.page.uri) == page(twin(ready, body))


def test_names_of_single_rows_are_in_no_byte_of_a_report(ready: House) -> None:
    canaries = {
        "name": "Erika-Canary-7f3a",
        "number": 4929123412341238,
        "time": datetime(1961, 7, 13, 4, 5, 6, tzinfo=UTC),
    }
    draw = np.random.default_rng(3)
    table = pa.table(
        {
            "temp": np.append(draw.normal(1, 1, 1999), canaries["number"]),
            "hum": np.append(draw.uniform(0, 1, 1999), -98765.4321987),
            "season": np.append(draw.choice(["spring", "summer"], 1999), canaries["name"]),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    verdict = judged(ready, file.getvalue())
    ready.report(verdict)
    (body,) = stored(ready)
    written = (
        fetched(ready, body.page.uri)
        + fetched(ready, body.twin.uri)
        + ready.entries("reports")[0].model_dump_json().encode()
    )
    assert b"spring" in written
    for canary in (b"Canary", b"4929123412341238", b"4.929", b"4929", b"98765", b"98,765"):
        assert canary not in written, canary


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_there_is_one_report_and_one_outcome(ready: House, moment: Moment) -> None:
    data = parquet(seed=3, shift=1)
    first = judged(ready, data, f"{PREFIX}probe.parquet")
    calls = count_calls(lambda: ready.report(first))
    assert calls >= 8
    for at in range(calls):
        verdict = judged(ready, data, f"{PREFIX}{at}.parquet")
        forget()
        kill_once(lambda verdict=verdict: ready.report(verdict), at=at, moment=moment)  # type: ignore[misc]
        forget()
        assert ready.report(verdict) == []
        (body,) = [one for one in stored(ready) if one.verdict == verdict.decision_id]
        mine = [one for one in files(ready) if verdict.decision_id in one["Key"]]
        assert len(mine) == 2, f"at call {at}"
        assert fetched(ready, body.page.uri) == page(twin(ready, body))
        assert hashlib.sha256(fetched(ready, body.twin.uri)).hexdigest() == body.twin.sha256


TWO = ("alibi_tabular", {"name": "alibi_classifier", "arguments": {"trees": 20}})


def examined(verdict: Entry, name: str, level: Level) -> Decision:
    """Let a detector speak of a verdict's batch, as the examiner puts it on record."""
    column = ColumnResult(name="temp", test="alibi", n=500, effect=0.31, p=1e-9, p_adjusted=3e-9, threshold=0.05,
                          level=level, detail="Kolmogorov-Smirnov")  # fmt: skip
    assessment = BatchAssessment(level=level, n=500, reason="temp moved", detector=name, tests=3, columns=(column,))
    rows = pa.table({"temp": np.zeros(700)})
    return examination.decide(
        assessment, BatchJudged.of(verdict), verdict=verdict.decision_id, baseline=verdict.body["baseline"],
        sample=Sample(rows, "ab" * 32, 0), arguments={"most_rows": 5000, "correction": "bonferroni"},
    )  # fmt: skip


def speak(house: House, verdict: Entry, name: str, level: Level = Level.DRIFT) -> Entry:
    """Put what a detector says on record."""
    decision = examined(verdict, name, level)
    entry = house.ledger.commit(
        verdict.stream, BATCH, lambda _: decision, cause=verdict.cause_of_next, now=verdict.recorded_at
    )
    assert entry is not None
    return entry


@pytest.fixture
def sampled(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house whose models name two detectors on samples."""
    named = {**MANIFEST["models"][MODEL], "drift": {"detectors": ["exact", *TWO]}}  # type: ignore[index]
    shipped = tmp_path / "sampled.json"
    shipped.write_bytes(Manifest.model_validate({**MANIFEST, "models": {MODEL: named}}).canonical())
    monkeypatch.setenv("HOLDFAST_MANIFEST", str(shipped))
    forget()
    house.with_baseline()
    return house


def test_what_detectors_on_samples_say_later_has_a_report_of_its_own_and_the_first_one_stays(sampled: House) -> None:
    verdict = judged(sampled, parquet(seed=3))
    sampled.report(verdict)
    (first,) = stored(sampled)
    assert twin(sampled, first).awaited == ("alibi_tabular", "alibi_classifier")
    assert "Not heard yet" in fetched(sampled, first.page.uri).decode()
    said = speak(sampled, verdict, "alibi_tabular")
    assert sampled.report(said) == []
    second = next(one for one in stored(sampled) if one.examinations)
    told = twin(sampled, second)
    (shown,) = told.examinations
    assert (shown.detector, shown.level, shown.n, shown.reference_n) == ("alibi_tabular", "drift", 500, 700)
    assert (shown.columns[0].effect, shown.columns[0].p, shown.columns[0].threshold) == (0.31, 1e-9, 0.05)
    assert shown.arguments == {"most_rows": 5000, "correction": "bonferroni"}
    assert "should look: alibi_tabular found drift in a sample" in told.verdict.action
    assert (told.awaited, told.verdict.level) == (("alibi_classifier",), "none")
    assert second.examinations == (said.decision_id,)
    assert fetched(sampled, second.page.uri) == page(told)
    assert "Kolmogorov-Smirnov" in page(told).decode()
    assert {first.page.uri, first.twin.uri}.isdisjoint({second.page.uri, second.twin.uri})
    assert len(files(sampled)) == 4
    assert all(hashlib.sha256(fetched(sampled, one.page.uri)).hexdigest() == one.page.sha256 for one in stored(sampled))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_and_however_often_it_is_told_the_last_report_tells_of_all(
    sampled: House, order: tuple[int, ...]
) -> None:
    verdict = judged(sampled, parquet(seed=3))
    every = [verdict, speak(sampled, verdict, "alibi_tabular"), speak(sampled, verdict, "alibi_classifier", Level.NONE)]
    for at in (*order, *order):
        assert sampled.report(every[at]) == []
    (body,) = stored(sampled)
    assert body.examinations == tuple(entry.decision_id for entry in every[1:])
    told = twin(sampled, body)
    assert [one.detector for one in told.examinations] == ["alibi_tabular", "alibi_classifier"]
    assert told.awaited == ()
    assert len(files(sampled)) == 2


def test_an_examination_of_a_verdict_that_is_not_on_record_is_not_reported(sampled: House) -> None:
    verdict = judged(sampled, parquet(seed=3))
    lost = verdict.model_copy(update={"decision_id": "ab" * 32})
    decision = examined(lost, "alibi_tabular", Level.DRIFT)
    entry = sampled.ledger.commit(
        verdict.stream, BATCH, lambda _: decision, cause=verdict.cause_of_next, now=verdict.recorded_at
    )
    assert entry is not None
    assert sampled.report(entry) == ["message-0"]
    assert stored(sampled) == []
