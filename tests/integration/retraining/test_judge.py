"""The judge: evidence once, runs watched whether or not events come, and only the timer decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends

from holdfast.batches.verdict import Level
from holdfast.retraining.adapter import Runs
from holdfast.retraining.contract import PipelineExecutionChanged, RunSeen
from holdfast.retraining.entries import (
    BaselineAdopted,
    EvidenceRecorded,
    RetrainDecided,
    RetrainHeld,
    RunClosed,
    RunStarted,
)
from holdfast.retraining.runs import START_DEADLINE, Order
from holdfast.shared import clients
from holdfast.shared.errors import ConfigurationError, TransientError
from tests.conftest import ACCOUNT, NOON, REGION
from tests.integration.retraining.conftest import (
    FIRST,
    SECOND,
    House,
    Killed,
    announced,
    count_calls,
    death,
    event,
    restart,
)
from tests.standing import stands


def test_a_verdict_becomes_evidence_once_however_often_it_is_announced(house: House) -> None:
    entry = house.judged("demand", 0, Level.DRIFT)
    assert house.judge(*[announced(entry)] * 3) == []
    [recorded] = house.of("demand", EvidenceRecorded.kind)
    body = EvidenceRecorded.of(recorded)
    assert (body.level, body.baseline, body.object_time, body.verdict) == (Level.DRIFT, FIRST, NOON, entry.decision_id)
    assert (recorded.subject, recorded.cause, recorded.correlation_id) == ("demand", entry.decision_id, "chain")


def test_an_announcement_of_what_is_not_on_record_fails_and_changes_nothing(house: House) -> None:
    forged = event("Batch Judged", source="holdfast.ledger", detail={"decision_id": "f" * 64, "outcome": "drift"})
    assert house.judge(forged) == ["message-0"]
    assert house.state("demand").evidence == ()


def test_what_an_announcement_claims_beside_the_id_counts_for_nothing(house: House) -> None:
    message = announced(house.judged("demand", 0, Level.NONE))
    message["detail-type"] = "Batch Examined"
    message["detail"] |= {"outcome": "drift", "subject": "supply"}
    assert house.judge(message) == []
    assert house.state("supply").evidence == ()
    assert [item.level for item in house.state("demand").evidence] == [Level.NONE]


def test_a_model_that_is_not_retrained_keeps_no_evidence(house: House) -> None:
    assert house.judge(announced(house.judged("watched", 0, Level.DRIFT))) == []
    assert house.of("watched", EvidenceRecorded.kind) == []


def test_a_baseline_is_adopted_once(house: House) -> None:
    entry = house.activated("demand", FIRST)
    assert house.judge(announced(entry), announced(entry)) == []
    [adopted] = house.of("demand", BaselineAdopted.kind)
    assert BaselineAdopted.of(adopted).sha256 == house.state("demand").baseline == FIRST


def test_the_timer_decides_and_says_on_what(house: House) -> None:
    decided = house.decide("demand")
    body = RetrainDecided.of(decided)
    assert [batch.version_id for batch in body.inputs] == ["v0", "v1"]
    assert (body.pipeline, body.baseline) == ("Demand-Training", FIRST)
    assert decided.recorded_at == house.now
    for _ in range(3):
        assert house.tick() == []
    assert len(house.of("demand", RetrainDecided.kind)) == 1


def test_due_training_waits_while_its_data_is_held_and_says_so_once(house: House) -> None:
    stands(house.ledger, "data", "fail", now=NOON)
    for entry in (house.activated("demand", FIRST), *(house.judged("demand", at, Level.DRIFT) for at in (0, 1))):
        house.judge(announced(entry))
    house.now = NOON + timedelta(hours=2)
    for _ in range(3):
        assert house.tick() == []
    [held] = house.of("demand", RetrainHeld.kind)
    assert house.of("demand", RetrainDecided.kind) == []
    assert held.outcome == "held"
    assert "bucket data fails public_read (critical), so its data is held" in held.reason
    stands(house.ledger, "data", "pass", now=house.now)
    house.tick()
    [decided] = house.of("demand", RetrainDecided.kind)
    assert RetrainDecided.of(decided).attempt == 1
    assert house.state("demand").held is None


def test_a_bucket_of_another_models_data_holds_nothing(house: House) -> None:
    stands(house.ledger, "other", "fail", now=NOON)
    assert house.decide("demand").kind == RetrainDecided.kind


def test_evidence_alone_decides_nothing(house: House) -> None:
    house.judge(announced(house.activated("demand", FIRST)))
    house.now = NOON + timedelta(days=1)
    assert house.judge(*[announced(house.judged("demand", number, Level.DRIFT)) for number in range(5)]) == []
    assert house.of("demand", RetrainDecided.kind) == []


def started(house: House) -> RunSeen:
    """Decide, start, and give the run under way."""
    house.train(house.decide("demand"))
    house.say("Demand-Training", "Executing")
    run = house.state("demand").run
    assert run is not None
    assert run.arn is not None
    return RunSeen(run.arn, "Executing")


def changed(run: RunSeen, status: str, *, account: str = ACCOUNT) -> dict[str, Any]:
    """Tell of a pipeline execution as SageMaker does."""
    detail = {"pipelineExecutionArn": run.arn, "currentPipelineExecutionStatus": status}
    return event(PipelineExecutionChanged.detail_type, source="aws.sagemaker", detail=detail, account=account)


def test_an_event_closes_the_run_it_speaks_of_once(house: House) -> None:
    run = started(house)
    house.say("Demand-Training", "Succeeded")
    assert house.judge(*[changed(run, "Succeeded")] * 3) == []
    [closed] = house.of("demand", RunClosed.kind)
    body = RunClosed.of(closed)
    assert (closed.outcome, body.arn, body.known_by) == ("succeeded", run.arn, "description")
    assert [batch.key for batch in body.inputs] == ["demand/batches/0.parquet", "demand/batches/1.parquet"]
    assert closed.correlation_id == house.of("demand", RetrainDecided.kind)[0].correlation_id


def test_an_event_that_the_live_state_denies_changes_nothing(house: House) -> None:
    run = started(house)
    assert house.judge(changed(run, "Succeeded")) == []
    assert house.of("demand", RunClosed.kind) == []


@pytest.mark.parametrize(
    ("status", "outcome"), [("Succeeded", "succeeded"), ("Failed", "failed"), ("Stopped", "failed")]
)
def test_the_timer_closes_a_run_whose_event_was_lost(house: House, status: str, outcome: str) -> None:
    started(house)
    house.tick()
    assert house.of("demand", RunClosed.kind) == []
    house.say("Demand-Training", status)
    assert house.tick() == []
    assert [entry.outcome for entry in house.of("demand", RunClosed.kind)] == [outcome]


def starts_unrecorded(house: House, model: str) -> None:
    """Let the trainer start a run and die before the start is on record, and never be asked again."""
    decided = house.decide(model)
    hook = clients.client("dynamodb").meta.events

    def strike(**_: Any) -> None:
        raise Killed

    hook.register("before-call.dynamodb.TransactWriteItems", strike)
    with pytest.raises(Killed):
        house.train(decided)
    hook.unregister("before-call.dynamodb.TransactWriteItems", strike)
    restart()
    assert house.of(model, RunStarted.kind) == []


@pytest.mark.parametrize("model", ["demand", "jobs"])
def test_a_run_whose_start_never_came_on_record_is_looked_for_before_it_is_given_up(house: House, model: str) -> None:
    starts_unrecorded(house, model)
    house.now += START_DEADLINE
    assert house.tick() == []
    assert house.of(model, RunStarted.kind) == []
    house.now += timedelta(minutes=5)
    assert house.tick() == []
    assert house.tick() == []
    [recorded] = house.of(model, RunStarted.kind)
    assert RunStarted.of(recorded).found
    assert house.state(model).run is not None or house.of(model, RunClosed.kind)[0].outcome == "succeeded"
    assert len(house.of(model, RetrainDecided.kind)) == 1


def test_a_run_that_nobody_holds_is_given_up_after_its_deadline(house: House) -> None:
    house.decide("demand")
    house.now += START_DEADLINE + timedelta(minutes=5)
    assert house.tick() == []
    assert house.of("demand", RunStarted.kind) == []
    [closed] = house.of("demand", RunClosed.kind)
    assert (closed.outcome, RunClosed.of(closed).known_by) == ("failed", "deadline")


def test_a_run_that_cannot_be_looked_for_is_not_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.decide("demand")
    house.now += START_DEADLINE + timedelta(minutes=5)

    def denied(self: Runs, order: Order) -> str | None:
        raise ConfigurationError(f"looking for {order.name}: access denied")

    monkeypatch.setattr(Runs, "find", denied)
    assert len(house.tick()) == 1
    assert house.of("demand", RunClosed.kind) == []


def test_another_accounts_event_is_ignored(house: House) -> None:
    run = started(house)
    house.say("Demand-Training", "Succeeded")
    assert house.judge(changed(run, "Succeeded", account="999999999999")) == []
    assert house.of("demand", RunClosed.kind) == []


def test_a_run_we_did_not_start_is_no_concern_of_ours(house: House) -> None:
    run = started(house)
    foreign = RunSeen(run.arn[:-4] + "zzzz", "Failed")
    elsewhere = RunSeen(run.arn.replace("Demand-Training", "other-pipeline"), "Failed")
    assert house.judge(changed(foreign, "Failed"), changed(elsewhere, "Failed")) == []
    assert house.of("demand", RunClosed.kind) == []


def test_where_the_run_is_gone_the_event_counts_and_the_entry_says_so(house: House) -> None:
    run = started(house)
    sagemaker_backends[ACCOUNT][REGION].pipelines["Demand-Training"].pipeline_executions.clear()
    assert house.judge(changed(run, "Failed")) == []
    [closed] = house.of("demand", RunClosed.kind)
    assert RunClosed.of(closed).known_by == "event"
    assert "as the event says" in closed.reason


def test_a_training_jobs_event_closes_its_run(house: House) -> None:
    house.train(house.decide("jobs"))
    run = house.state("jobs").run
    assert run is not None
    detail = {"TrainingJobArn": run.arn, "TrainingJobStatus": "Completed", "FailureReason": None}
    assert house.judge(event("SageMaker Training Job State Change", source="aws.sagemaker", detail=detail)) == []
    assert [entry.outcome for entry in house.of("jobs", RunClosed.kind)] == ["succeeded"]


def test_a_success_waits_for_its_baseline_and_then_starts_afresh(house: House) -> None:
    started(house)
    house.say("Demand-Training", "Succeeded")
    house.tick()
    assert house.state("demand").awaits_baseline_of is not None
    house.judge(announced(house.activated("demand", SECOND, source="run")))
    assert house.state("demand").awaits_baseline_of is None
    assert house.state("demand").evidence == ()


def test_one_models_failure_keeps_no_other_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    started(house)
    describe = Runs.describe

    def broken(runs: Runs, arn: str) -> RunSeen | None:
        if "Demand-Training" in arn:
            raise TransientError("throttled")
        return describe(runs, arn)

    monkeypatch.setattr(Runs, "describe", broken)
    said = [house.judged("supply", number, Level.DRIFT) for number in (0, 1)]
    house.judge(*[announced(entry) for entry in (house.activated("supply", FIRST), *said)])
    assert house.tick() == ["message-0"]
    assert len(house.of("supply", RetrainDecided.kind)) == 1
    monkeypatch.undo()


@pytest.mark.parametrize("kind", ["SageMaker Model State Change", "Anything"])
def test_other_kinds_are_ignored(house: House, kind: str) -> None:
    assert house.judge(event(kind, source="aws.sagemaker")) == []


@pytest.mark.parametrize(
    "body", [{}, {"detail-type": "x"}, {"id": "1", "detail-type": 5, "source": "a"}, "no json", []]
)
def test_what_cannot_be_read_fails_alone(house: House, body: Any) -> None:
    good = announced(house.judged("demand", 0, Level.DRIFT))
    assert house.judge(body, good) == ["message-0"]
    assert len(house.state("demand").evidence) == 1


def test_ours_by_its_kind_but_incomplete_fails(house: House) -> None:
    missing = event(PipelineExecutionChanged.detail_type, source="aws.sagemaker", detail={"pipelineArn": "arn"})
    assert house.judge(missing) == ["message-0"]


def due(house: House) -> dict[str, Any]:
    """Leave a model due and give the tick that decides."""
    said = [house.judged("demand", number, Level.DRIFT) for number in (0, 1)]
    house.judge(*[announced(entry) for entry in (house.activated("demand", FIRST), *said)])
    house.now = NOON + timedelta(hours=2)
    return event("Scheduled Event", source="aws.events")


def ended(house: House) -> dict[str, Any]:
    """Leave a run that has ended and give the event that says so."""
    run = started(house)
    house.say("Demand-Training", "Succeeded")
    return changed(run, "Succeeded")


def judged(house: House) -> dict[str, Any]:
    """Give word of a verdict."""
    return announced(house.judged("demand", 0, Level.DRIFT))


CALLS = {"judged": 4, "due": 8, "ended": 6}
SCENES: dict[str, tuple[Callable[[House], dict[str, Any]], str]] = {
    "judged": (judged, EvidenceRecorded.kind),
    "due": (due, RetrainDecided.kind),
    "ended": (ended, RunClosed.kind),
}


@pytest.mark.parametrize("when", ["before-call", "after-call"])
@pytest.mark.parametrize(("scene", "number"), [(name, at) for name, most in CALLS.items() for at in range(most)])
def test_a_crash_at_any_call_and_a_redelivery_record_one_entry(
    house: House, scene: str, number: int, when: str
) -> None:
    prepare, kind = SCENES[scene]
    message = prepare(house)
    with death(number, when=when):
        house.judge(message)
    assert house.judge(message) == []
    assert house.judge(message) == []
    assert len(house.of("demand", kind)) == 1


@pytest.mark.parametrize("scene", list(CALLS))
def test_the_crashes_cover_every_call(house: House, scene: str) -> None:
    message = SCENES[scene][0](house)
    restart()
    assert len(count_calls(lambda: house.judge(message))) == CALLS[scene]
