"""Retraining in an account: a ledger, a manifest, pipelines, and its two functions as a queue feeds them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends

from holdfast.batches.entries import BatchJudged, ObjectRead, stream_of_batch
from holdfast.batches.logic import BatchState
from holdfast.batches.release import release
from holdfast.batches.verdict import Level
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Announcement, Cause, Decision, Entry, Fold
from holdfast.manifest import Manifest
from holdfast.retraining import judge, trainer
from holdfast.retraining.entries import stream_of
from holdfast.retraining.logic import FOLD
from holdfast.retraining.state import State
from holdfast.shared import clients, clock
from holdfast.shared.contract import Emitted
from tests.conftest import ACCOUNT, NOON, REGION, TABLE, Context

FIRST, SECOND = "a" * 64, "b" * 64
ROLE = f"arn:aws:iam::{ACCOUNT}:role/train"
JOB = {"image": "image:1", "role_arn": ROLE, "instance_type": "ml.m5.large", "output": "s3://data/models/"}
PATIENCE = {"patience": "2 of 3", "cooldown_days": 7}


class Nothing(State):
    """A state that other domains' streams fold into here."""


class Baseline(Emitted):
    """The body of a baseline's entry, as far as retraining reads it."""

    sha256: str
    source: str


def written(path: Path) -> Path:
    """Write a manifest of two models with pipelines, one with a training job, and one that is not retrained."""
    retraining: dict[str, Any] = {
        "demand": {"pipeline": "Demand-Training", **PATIENCE},
        "supply": {"pipeline": "supply-training", **PATIENCE},
        "jobs": {"training_job": JOB, **PATIENCE},
        "watched": None,
    }
    models = {
        name: {
            "owner": "team",
            "batches": {"bucket": "data", "prefix": f"{name}/batches/"},
            "reference": f"s3://data/{name}/reference.parquet",
            **({"retraining": how} if how else {}),
        }
        for name, how in retraining.items()
    }
    path.write_bytes(
        Manifest.model_validate({"buckets": [{"name": "data", "region": REGION}], "models": models}).canonical()
    )
    return path


def make_pipeline(name: str, *parameters: str) -> None:
    """Create a pipeline that declares these parameters."""
    declared = [{"Name": parameter, "Type": "String", "DefaultValue": "[]"} for parameter in parameters]
    clients.client("sagemaker").create_pipeline(
        PipelineName=name,
        PipelineDefinition=json.dumps({"Version": "2020-12-01", "Parameters": declared, "Steps": []}),
        ClientRequestToken="t" * 32,
        RoleArn=ROLE,
    )


@dataclass
class House:
    """The two functions, a clock, and the ledger they share."""

    ledger: Ledger
    queued: Callable[..., dict[str, Any]]
    now: datetime = NOON

    def deliver(self, handler: Callable[..., dict[str, Any]], *bodies: Any) -> list[str]:
        """Hand messages to a function and return the ids of those that failed."""
        answer = handler(self.queued(*bodies), Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def judge(self, *bodies: Any) -> list[str]:
        """Hand messages to the judge."""
        return self.deliver(judge.lambda_handler, *bodies)

    def train(self, *entries: Entry) -> list[str]:
        """Announce decisions to the trainer."""
        return self.deliver(trainer.lambda_handler, *[announced(entry) for entry in entries])

    def tick(self) -> list[str]:
        """Let the timer tick."""
        return self.judge(event("Scheduled Event", source="aws.events"))

    def record(self, decision: Decision, *, stream: str) -> Entry:
        """Record another domain's decision."""
        fold = Fold(Nothing, 1, lambda state, _: state)
        entry = self.ledger.commit(stream, fold, lambda _: decision, cause=Cause("event", "chain"), now=self.now)
        assert entry is not None
        return entry

    def judged(self, model: str, number: int, level: Level, *, baseline: str | None = FIRST, parts: int = 0) -> Entry:
        """Record a verdict on a batch that came so many hours after noon."""
        at = NOON + timedelta(hours=number)
        body = BatchJudged(
            model=model, bucket="data", key=f"{model}/batches/{number}.parquet", version_id=f"v{number}", etag=None,
            size=1, object_time=at, baseline=baseline, detector="exact", level=level, n=100, tests=1, columns=(),
            columns_omitted=0, waits_for=None, closed_by="success" if parts else "object",
            parts=tuple(
                ObjectRead(bucket="data", key=f"{model}/batches/{number}/{part}.parquet", version_id="v", etag="e")
                for part in range(parts)
            ),
        )  # fmt: skip
        decision = Decision(body.kind, model, level.value, "because", body, (model, body.key, body.version_id))
        return self.record(decision, stream=stream_of_batch(model, "data", body.key, body.version_id))

    def activated(self, model: str, sha256: str, *, source: str = "reference") -> Entry:
        """Record that a baseline came into force."""
        body = Baseline(sha256=sha256, source=source)
        decision = Decision("Baseline Activated", model, "activated", "built", body, (model, sha256))
        return self.record(decision, stream=f"baselines#{model}")

    def released(self, verdict: Entry) -> Entry:
        """Record that a person released a quarantined batch."""
        state = BatchState(departed=1, level=Level.QUARANTINED, verdict=verdict.decision_id)
        decision = release(state, verdict, by="arn:aws:iam::123456789012:user/someone", why="agreed")
        assert decision is not None
        return self.record(decision, stream=verdict.stream)

    def decide(self, model: str, *, parts: int = 0) -> Entry:
        """Bring a model to the point where training was just decided on."""
        said = [self.judged(model, number, Level.DRIFT, parts=parts) for number in (0, 1)]
        assert self.judge(*[announced(entry) for entry in (self.activated(model, FIRST), *said)]) == []
        self.now = NOON + timedelta(hours=2)
        self.tick()
        return self.of(model, "Retrain Decided")[-1]

    def of(self, model: str, kind: str) -> list[Entry]:
        """Give a model's entries of one kind."""
        return [entry for entry in self.ledger.entries(stream_of(model)) if entry.kind == kind]

    def state(self, model: str) -> State:
        """Give a model's state."""
        return self.ledger.state(stream_of(model), FOLD)

    def executions(self, pipeline: str) -> list[Any]:
        """Give a pipeline's executions as moto holds them."""
        return list(sagemaker_backends[ACCOUNT][REGION].pipelines[pipeline].pipeline_executions.values())

    def say(self, pipeline: str, status: str) -> None:
        """Put a pipeline's executions into a status."""
        for execution in self.executions(pipeline):
            execution.pipeline_execution_status = status


class Killed(BaseException):
    """The process died."""


def count_calls(work: Callable[[], object]) -> list[str]:
    """Name the AWS calls some work makes, in order."""
    calls: list[str] = []

    def remember(model: Any, **_: Any) -> None:
        calls.append(str(model.name))

    for service in ("dynamodb", "sagemaker"):
        clients.client(service).meta.events.register("before-call.*.*", remember)
    work()
    return calls


@contextmanager
def death(number: int, *, when: str) -> Iterator[None]:
    """Let the process die before, or after but unseen, at its n-th AWS call; expect that it did."""
    seen = {"calls": 0}

    def strike(**_: Any) -> None:
        seen["calls"] += 1
        if seen["calls"] == number + 1:
            raise Killed

    hooks = [clients.client(service).meta.events for service in ("dynamodb", "sagemaker")]
    for hook in hooks:
        hook.register(f"{when}.*.*", strike)
    with pytest.raises(Killed):
        yield
    for hook in hooks:
        hook.unregister(f"{when}.*.*", strike)
    restart()


def event(kind: str, *, source: str, detail: dict[str, Any] | None = None, account: str = ACCOUNT) -> dict[str, Any]:
    """Write an event as EventBridge delivers it."""
    return {"id": "event-1", "detail-type": kind, "source": source, "account": account, "detail": detail or {}}


def announced(entry: Entry) -> dict[str, Any]:
    """Announce an entry on the ledger's bus."""
    detail = Announcement.of(entry).model_dump(mode="json")
    return event(entry.kind, source="holdfast.ledger", detail=detail)


def restart() -> None:
    """Drop what the functions built, as a new execution environment would."""
    for module in (judge, trainer):
        for name in ("settings", "ledger", "runs", "policies", "manifest"):
            if (built := getattr(module, name, None)) is not None:
                built.cache_clear()


@pytest.fixture
def house(
    ledger: Ledger, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Give retraining an account of its own, with the pipelines its manifest names."""
    values = {
        "ACCOUNT": ACCOUNT,
        "LEDGER_TABLE": TABLE,
        "ACTOR": "Test",
        "MANIFEST": written(tmp_path / "governance.json"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", str(value))
    for pipeline in ("Demand-Training", "supply-training"):
        make_pipeline(pipeline, "HoldfastBatches", "HoldfastReason", "HoldfastDecision")
    made = House(ledger, queued)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    restart()
    yield made
    restart()
