"""A run from order to end: what SageMaker is asked for, and what its answers mean. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from holdfast.batches.entries import BatchJudged, BatchReleased
from holdfast.batches.verdict import Level
from holdfast.ledger.contract import Decision, Entry
from holdfast.retraining.contract import RunSeen
from holdfast.retraining.entries import BatchVersion, RetrainDecided, RunClosed
from holdfast.retraining.policy import RetrainingPolicy, TrainingJob
from holdfast.retraining.state import Run, State

BATCHES, REASON, DECISION = "HoldfastBatches", "HoldfastReason", "HoldfastDecision"
MOST_IN_PARAMETER = 1024
MOST_IN_HYPERPARAMETER = 2500
MOST_LISTS = 90
MOST_IN_JOB_NAME = 63
CLOCKS_APART = timedelta(minutes=10)
START_DEADLINE = timedelta(days=1)
LISTING_DELAY = timedelta(hours=1)
ENDINGS = {
    "Succeeded": "succeeded",
    "Completed": "succeeded",
    "CompletedWithFailures": "failed",
    "Failed": "failed",
    "Stopped": "failed",
}
FAILURE_CLASS = re.compile(r"\s*([A-Z][A-Za-z]{2,48}(?:Error|Exception|Exceeded|Failure|Capacity))\b")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run, under a name that makes a second start impossible to miss."""

    decision_id: str
    name: str
    pipeline: str | None
    job: TrainingJob | None
    batches: tuple[BatchVersion, ...]
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """SageMaker holds the run; `found` if it did so before we asked."""

    arn: str
    found: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The run cannot be started, and asking again would not help."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, and how we know."""

    status: str
    outcome: str
    failure_reason: str | None
    known_by: Literal["description", "event", "absence", "deadline"]


def order(entry: Entry, policy: RetrainingPolicy | None) -> Order | Refused:
    """Turn a decision to train into an order; the pipeline is the decision's, the job's machine the manifest's."""
    decided = RetrainDecided.of(entry)
    job = None if policy is None else policy.training_job
    if decided.pipeline is None and job is None:
        return Refused("not_governed", f"the manifest no longer says how to train {decided.model}")
    name = f"holdfast-{entry.decision_id}" if decided.pipeline else job_name(decided.model, entry.decision_id)
    wanted = None if decided.pipeline else job
    return Order(entry.decision_id, name, decided.pipeline, wanted, decided.inputs, entry.reason, entry.recorded_at)


def learned(batch: BatchVersion, said: Iterable[Entry]) -> tuple[BatchVersion, ...]:
    """Give what a batch's stream says it is made of: its parts, or itself; nothing while it is in quarantine."""
    judged: BatchJudged | None = None
    refused_by: str | None = None
    for entry in said:
        if entry.kind == BatchJudged.kind:
            judged = BatchJudged.of(entry)
            refused_by = entry.decision_id if judged.level is Level.QUARANTINED else None
        elif entry.kind == BatchReleased.kind and BatchReleased.of(entry).verdict == refused_by:
            refused_by = None
    if refused_by is not None:
        return ()
    parts = () if judged is None else judged.parts
    named = (BatchVersion(bucket=one.bucket, key=one.key, version_id=one.version_id) for one in parts)
    return tuple(named) or (batch,)


def filled(wanted: Order, batches: Sequence[BatchVersion]) -> Order | Refused:
    """Give an order what its batches are made of; what nothing is left of cannot be trained on."""
    if not batches:
        return Refused("nothing_left", f"every batch that {wanted.name} was decided on is in quarantine by now")
    return replace(wanted, batches=tuple(dict.fromkeys(batches)))


def job_name(model: str, decision_id: str) -> str:
    """Name a training job after its decision, within the 63 characters a job's name may have."""
    tail = f"-{decision_id[:16]}"
    return f"holdfast-{model}"[: MOST_IN_JOB_NAME - len(tail)].rstrip("-") + tail


def parameters(wanted: Order, *, definition: str) -> dict[str, str] | Refused:
    """Give a pipeline its parameters: those it declares, and never fewer batches than were decided on."""
    declared = _declared(definition)
    lists = _lists(wanted.batches, most=MOST_IN_PARAMETER)
    if isinstance(lists, Refused):
        return lists
    if isinstance(declared, Refused):
        return declared
    if missing := sorted(lists.keys() - set(declared)):
        said = f"pipeline {wanted.pipeline} does not declare {', '.join(missing)}: it cannot be told its batches"
        return Refused("parameter_missing", said)
    empty = {name: "[]" for name in declared if re.fullmatch(rf"{BATCHES}\d*", name)}
    told = {REASON: wanted.reason[:MOST_IN_PARAMETER], DECISION: wanted.decision_id}
    return {**empty, **lists, **{name: value for name, value in told.items() if name in declared}}


def _declared(definition: str) -> tuple[str, ...] | Refused:
    try:
        return tuple(str(parameter["Name"]) for parameter in json.loads(definition).get("Parameters", []))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        return Refused(
            "definition_unreadable", f"the pipeline's definition names its parameters in no known way: {error!r:.100}"
        )


def hyperparameters(wanted: Order) -> dict[str, str] | Refused:
    """Give a training job the same, as hyperparameters: it reads the batches by version itself."""
    lists = _lists(wanted.batches, most=MOST_IN_HYPERPARAMETER)
    if isinstance(lists, Refused):
        return lists
    return {**lists, REASON: wanted.reason, DECISION: wanted.decision_id}


def _lists(batches: Sequence[BatchVersion], *, most: int) -> dict[str, str] | Refused:
    """Spread the batches' URIs over as many JSON lists as their length takes, each short enough for one value."""
    lists: list[list[str]] = [[]]
    for batch in batches:
        if len(json.dumps([batch.uri])) > most:
            return Refused("uri_too_long", f"a batch's uri has {len(batch.uri)} characters, a value holds {most}")
        if len(json.dumps([*lists[-1], batch.uri])) > most:
            lists.append([])
        lists[-1].append(batch.uri)
    if len(lists) > MOST_LISTS:
        return Refused("too_many_batches", f"the batches fill {len(lists)} values, expected at most {MOST_LISTS}")
    return {f"{BATCHES}{at if at > 1 else ''}": json.dumps(uris) for at, uris in enumerate(lists, start=1)}


def overdue(run: Run, now: datetime) -> bool:
    """Tell whether a run's start should long be on record."""
    return run.arn is None and now - run.decided_at > START_DEADLINE


def ending(run: Run, *, described: RunSeen | None, told: RunSeen | None, now: datetime) -> Ending | None:
    """Say how a run ended, if it did: what SageMaker describes counts, an event only if the run is gone."""
    if run.arn is None:
        return Ending("NotStarted", "failed", None, "deadline") if overdue(run, now) else None
    if described is not None:
        return _ended(described, "description")
    if told is not None and told.arn == run.arn and told.status in ENDINGS:
        return _ended(told, "event")
    gone = run.started_at is not None and now - run.started_at > LISTING_DELAY
    return Ending("NotFound", "failed", None, "absence") if gone else None


def concerns(arn: str, *, model: str, policy: RetrainingPolicy) -> bool:
    """Tell whether a run of this ARN can be one of the model's; SageMaker may write names in lower case."""
    if policy.pipeline is not None:
        return f":pipeline/{policy.pipeline}/".lower() in arn.lower()
    return arn.rpartition("/")[2].startswith(job_name(model, "0" * 16)[:-16])


def _ended(seen: RunSeen, known_by: Literal["description", "event"]) -> Ending | None:
    if seen.status not in ENDINGS:
        return None
    outcome = ENDINGS[seen.status]
    return Ending(seen.status, outcome, None if outcome == "succeeded" else seen.failure_reason, known_by)


def close(state: State, *, decided: RetrainDecided, run: Run, end: Ending, model: str) -> Decision | None:
    """Record the end of the run in flight, once; the failure's own text stays in the body."""
    if state.run != run:
        return None
    body = RunClosed(
        decision_id=run.decision_id,
        arn=run.arn,
        status=end.status,
        failure_reason=None if end.failure_reason is None else end.failure_reason[:1300],
        known_by=end.known_by,
        inputs=decided.inputs,
    )
    return Decision(RunClosed.kind, model, end.outcome, _how(run, end), body, (run.decision_id, run.arn or ""))


def _how(run: Run, end: Ending) -> str:
    name = run.arn or f"the run of decision {run.decision_id[:12]}"
    if end.known_by == "deadline":
        return f"{name} was not started within {START_DEADLINE.days * 24} hours of the decision"
    if end.known_by == "absence":
        return f"{name} is not there any more and nothing told how it ended"
    source = ", as the event says: SageMaker no longer describes it" if end.known_by == "event" else ""
    return f"{name} ended {end.status}{_failure_class(end.failure_reason)}{source}"


def _failure_class(reason: str | None) -> str:
    found = FAILURE_CLASS.match(reason or "")
    return f" ({found[1]})" if found else ""
