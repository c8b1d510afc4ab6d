"""The handlers under the real runtime, each once through its whole way: event in, answer and effect out."""

import hashlib
import json
from pathlib import Path

import pytest

from holdfast.shared.canonical import read
from holdfast_console.replay.rapi import InitError, RuntimeApi
from tests.runtime.conftest import (
    ALIBI,
    BUCKET,
    EXAMINER,
    FUNCTIONS,
    HANDLERS,
    QUARANTINE,
    REPORTS,
    TICK,
    WELL,
    Account,
    announced,
    changed,
    command,
    decide_to_train,
    inserted,
    parquet,
    queued,
)


def test_a_clean_batch_is_judged(ready: Account) -> None:
    assert ready.ask("BatchJudge", ready.put(parquet(seed=1), name="clean.parquet")).payload == WELL
    assert (entry := ready.recorded("batches", "Batch Judged")).outcome == "none"
    assert entry.actor == "runtime"


def test_a_broken_batch_is_quarantined(ready: Account) -> None:
    ready.ask("BatchJudge", ready.put(parquet(seed=1, column="other"), name="broken.parquet"))
    verdict = ready.recorded("batches", "Batch Judged")
    assert verdict.outcome == "quarantined"
    assert ready.ask("QuarantineActor", announced(verdict)).payload == WELL
    copied = ready.recorded("batches", "Batch Quarantined").body["copied_to"]
    assert copied["bucket"] == QUARANTINE
    assert ready.client("s3").get_object(Bucket=QUARANTINE, Key=copied["key"])["Body"].read() == parquet(
        seed=1, column="other"
    )


def test_a_verdict_has_its_report(ready: Account) -> None:
    ready.ask("BatchJudge", ready.put(parquet(seed=3, shift=1), name="reported.parquet"))
    verdict = ready.recorded("batches", "Batch Judged")
    assert ready.ask("BatchReporter", announced(verdict)).payload == WELL
    (stored,) = [one for one in ready.entries("reports", "Report Stored") if one.cause == verdict.decision_id]
    key = stored.body["page"]["uri"].removeprefix(f"s3://{REPORTS}/")
    found = ready.client("s3").get_object(Bucket=REPORTS, Key=key)
    assert hashlib.sha256(found["Body"].read()).hexdigest() == stored.body["page"]["sha256"]
    assert found["ObjectLockMode"] == "COMPLIANCE"


def test_evidence_is_taken_in_and_the_timer_decides_nothing_on_one_batch(ready: Account) -> None:
    ready.ask("BatchJudge", ready.put(parquet(seed=2, shift=1), name="shifted.parquet"))
    verdict = ready.recorded("batches", "Batch Judged")
    baseline, decided = (
        ready.recorded("baselines", "Baseline Activated"),
        ready.entries("retraining", "Retrain Decided"),
    )
    assert ready.ask("RetrainingJudge", announced(baseline), announced(verdict), TICK).payload == WELL
    assert ready.recorded("retraining", "Evidence Recorded").body["level"] == verdict.outcome == "drift"
    assert ready.entries("retraining", "Retrain Decided") == decided


def test_a_decision_to_train_starts_one_run(ready: Account) -> None:
    message = announced(decide_to_train(ready))
    assert ready.ask("Trainer", message, message).payload == WELL
    (started,) = ready.entries("retraining", "Run Started")
    assert "pipeline/bike-training/execution/" in started.body["arn"]


def test_a_bucket_is_judged_and_people_are_told(ready: Account) -> None:
    assert ready.ask("ComplianceJudge", changed(BUCKET)).payload == WELL
    entry = ready.recorded("compliance", "Resource Judged")
    assert (entry.subject, entry.outcome) == (f"s3_bucket/{BUCKET}", "fail")
    ready.heard()
    assert ready.ask("Notifier", announced(entry)).payload == WELL
    assert entry.decision_id in json.dumps(ready.heard())


def test_what_enters_the_outbox_is_announced_and_leaves_it(ready: Account) -> None:
    items = ready.outbox()
    records = [inserted(item, number=at) for at, item in enumerate(items, 1)]
    ready.heard()
    assert ready.function(HANDLERS["LedgerPublisher"]).invoke({"Records": records}).payload == WELL
    assert ready.outbox() == []
    ids = {message["detail"]["decision_id"] for message in ready.heard()}
    assert ids == {read(item["entry"]["S"])["decision_id"] for item in items} != set()


def test_the_outbox_timer_leaves_what_is_young(ready: Account) -> None:
    ready.ask("BatchJudge", ready.put(parquet(seed=5), name="young.parquet"))
    waiting = ready.outbox()
    assert ready.ask("OutboxTimer", TICK).payload == WELL
    assert ready.outbox() == waiting != []


@pytest.mark.parametrize("function", [name for name in HANDLERS if name != "LedgerPublisher"])
def test_of_several_messages_only_the_broken_one_comes_again(ready: Account, function: str) -> None:
    answer = ready.ask(function, {"Event": "s3:TestEvent"}, "{not json", {"Event": "s3:TestEvent"})
    assert answer.payload == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_a_broken_record_of_the_stream_holds_up_what_follows_it_only(ready: Account) -> None:
    plain = {"pk": {"S": "stream#x"}, "sk": {"S": "entry#1"}}
    broken = {"pk": {"S": "outbox#1"}, "sk": {"S": "x"}, "entry": {"S": "{}"}}
    records = [inserted(plain, number=16), inserted(broken, number=17)]
    answer = ready.function(HANDLERS["LedgerPublisher"]).invoke({"Records": records})
    assert answer.payload == {"batchItemFailures": [{"itemIdentifier": f"{17:021d}"}]}


def test_a_setting_that_is_missing_is_named_and_the_messages_come_again(account: Account) -> None:
    environment = {name: value for name, value in account.environment.items() if name != "HOLDFAST_STATE_BUCKET"}
    with RuntimeApi() as api:
        api.start(command("BatchJudge"), environment, cwd=FUNCTIONS)
        answer = api.invoke(queued(account.put(parquet(seed=9), name="unset.parquet")))
        assert answer.payload == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
        assert any("HOLDFAST_STATE_BUCKET" in line for line in api.log)


def test_an_error_of_the_initialisation_surfaces(account: Account, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import a_library_that_was_not_packaged\n")
    broken = [*command("BatchJudge")[:-1], "broken.lambda_handler"]
    with RuntimeApi() as api, pytest.raises(InitError, match="a_library_that_was_not_packaged"):
        api.start(broken, account.environment, cwd=tmp_path)


def test_an_event_that_is_no_event_is_an_error_of_the_function(account: Account) -> None:
    answer = account.function(HANDLERS["BatchJudge"]).invoke({"no": "records"})
    assert answer.error is not None
    assert answer.error["errorType"]


def test_alibi_detect_examines_a_batch_in_its_own_environment(ready: Account) -> None:
    if not ALIBI.exists():
        pytest.skip("no .venv-alibi: `make setup` creates it")
    for name, shift in (("same.parquet", 0.0), ("other.parquet", 1.0)):
        ready.ask("BatchJudge", ready.put(parquet(seed=7, shift=shift), name=name))
        verdict = ready.recorded("batches", "Batch Judged")
        answer = ready.function(EXAMINER, python=str(ALIBI)).invoke(queued(announced(verdict), "{not json"))
        assert answer.payload == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    said = {
        (entry.body["detector"], entry.body["key"]): entry.outcome
        for entry in ready.entries("batches", "Batch Examined")
        if entry.body["key"].endswith(("same.parquet", "other.parquet"))
    }
    assert said == {
        (detector, f"bike/batches/{name}"): outcome
        for detector in ("alibi_tabular", "alibi_classifier")
        for name, outcome in (("same.parquet", "none"), ("other.parquet", "drift"))
    }
