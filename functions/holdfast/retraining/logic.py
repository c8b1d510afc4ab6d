"""When is training due? One pure state machine: `evolve` folds the entries, `decide` asks for the next one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.batches.verdict import Level, shown
from holdfast.ledger.contract import Decision, Entry, Fold
from holdfast.retraining.contract import BaselineActivated, BaselineFailed, BatchReleased, Verdict
from holdfast.retraining.entries import (
    BaselineAdopted,
    BaselineMissed,
    BatchVersion,
    EvidenceRecorded,
    EvidenceReleased,
    RetrainDecided,
    RetrainHeld,
    RunClosed,
    RunRefused,
    RunStarted,
)
from holdfast.retraining.policy import RetrainingPolicy
from holdfast.retraining.state import (
    MARK_LENGTH,
    MOST_SPENT,
    MOST_STARTS,
    ClosedRun,
    Evidence,
    Run,
    State,
    bounded,
    merged,
)

FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)
MOST_NAMED = 4
COUNTED = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})


@dataclass(frozen=True, slots=True)
class Due:
    """Why training is due, and on what."""

    change_point: BatchVersion
    drifted: tuple[BatchVersion, ...]
    inputs: tuple[BatchVersion, ...]
    considered: Evidence


@dataclass(frozen=True, slots=True)
class Hold:
    """A bucket that fails critical controls, and the entry that says so."""

    bucket: str
    controls: tuple[str, ...]
    sequence: int

    @property
    def mark(self) -> tuple[str, tuple[str, ...]]:
        """Tell one hold from another."""
        return self.bucket, self.controls


def decide(
    state: State, *, model: str, policy: RetrainingPolicy, now: datetime, holds: Sequence[Hold] = ()
) -> Decision | None:
    """Start training if the settled evidence asks for it and nothing stands in the way; say once that data is held."""
    due = confirmed(state, policy=policy, now=now)
    if due is None or state.baseline is None or _obstacle(state, policy=policy, now=now) is not None:
        return None
    attempt = state.attempts + 1
    patience = f"{policy.patience.needed} of {policy.patience.window}"
    if (hold := _hold_on(due, holds)) is not None:
        return None if state.held == hold.mark else _held(due, hold, state, model=model, patience=patience)
    body = RetrainDecided(
        model=model,
        attempt=attempt,
        baseline=state.baseline,
        patience=patience,
        change_point=due.change_point,
        drifted=due.drifted,
        inputs=due.inputs,
        considered_until=due.considered.object_time,
        considered_key=due.considered.key,
        pipeline=policy.pipeline,
    )
    departs_from = (state.baseline, str(state.baseline_sequence), due.change_point.uri, str(attempt))
    return Decision(RetrainDecided.kind, model, "start", _because(due, patience, attempt), body, (model, *departs_from))


def waiting_for(state: State, *, policy: RetrainingPolicy, now: datetime) -> str | None:
    """Say what keeps a due training from starting; `None` if none is due or nothing keeps it."""
    return None if confirmed(state, policy=policy, now=now) is None else _obstacle(state, policy=policy, now=now)


def confirmed(state: State, *, policy: RetrainingPolicy, now: datetime) -> Due | None:
    """Find lasting drift in the settled evidence against the baseline in force, in the order of (object time, key)."""
    broken = {item.content for item in state.evidence if item.is_broken}
    settled = [item for item in state.evidence if item.object_time <= now - timedelta(minutes=policy.settle_minutes)]
    measured = [item for item in settled if item.baseline == state.in_force]
    accepted = once(item for item in measured if item.is_accepted and item.content not in broken)
    counted = [item for item in accepted if item.level in COUNTED]
    drifted = [item for item in counted[-policy.patience.window :] if item.level is Level.DRIFT]
    if len(drifted) < policy.patience.needed:
        return None
    change = _change_point(counted, quiet_window=policy.patience.window)
    fit = {item.batch for item in accepted} - {batch for batch, _ in broken}
    since = [item.batch for item in reversed(accepted) if item.moment >= change.moment and item.batch in fit]
    inputs = tuple(reversed(list(dict.fromkeys(since))[: policy.window_batches]))
    return Due(change.batch, tuple(item.batch for item in drifted), inputs, measured[-1]) if inputs else None


def once(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Leave out batches made of the very parts of one before them: the same rows speak once, and are learned once."""
    found: dict[object, Evidence] = {}
    for item in evidence:
        found.setdefault(item.rows or item.content, item)
    return list(found.values())


def _change_point(counted: Sequence[Evidence], *, quiet_window: int) -> Evidence:
    """Find the batch with which the present drift began: the first one after so many batches without any."""
    drifts = [at for at, item in enumerate(counted) if item.level is Level.DRIFT]
    first = drifts[-1]
    for before in reversed(drifts[:-1]):
        if first - before > quiet_window:
            break
        first = before
    return counted[first]


def _obstacle(state: State, *, policy: RetrainingPolicy, now: datetime) -> str | None:
    if state.run is not None:
        return f"run {state.run.decision_id[:12]} is in flight since {state.run.decided_at:%Y-%m-%d %H:%M}"
    if state.awaits_baseline_of is not None:
        return f"the baseline of run {state.awaits_baseline_of[:12]} is not in force yet"
    if state.refused_at is not None and now < (again := state.refused_at + _pause(state.refusals)):
        return f"the last start was refused, the next attempt is at {again:%Y-%m-%d %H:%M}"
    if state.starts and now < (ends := state.starts[-1] + timedelta(days=policy.cooldown_days)):
        return f"cooldown of {policy.cooldown_days} days since the last start, until {ends:%Y-%m-%d %H:%M}"
    spent = [start for start in state.starts if start > now - timedelta(days=policy.budget.days)]
    if len(spent) >= policy.budget.runs:
        return f"the budget of {policy.budget.runs} runs in {policy.budget.days} days is spent"
    return None


def _hold_on(due: Due, holds: Sequence[Hold]) -> Hold | None:
    buckets = {batch.bucket for batch in due.inputs}
    return next((hold for hold in holds if hold.bucket in buckets), None)


def _held(due: Due, hold: Hold, state: State, *, model: str, patience: str) -> Decision:
    body = RetrainHeld(
        model=model, bucket=hold.bucket, controls=hold.controls, compliance_sequence=hold.sequence,
        change_point=due.change_point,
    )  # fmt: skip
    asked = f"training is due ({len(due.drifted)} batches drifted, patience is {patience}) and waits"
    reason = f"{asked}: bucket {hold.bucket} fails {', '.join(hold.controls)} (critical), so its data is held"
    facts = (model, str(state.baseline), due.change_point.uri, hold.bucket, str(hold.sequence))
    return Decision(RetrainHeld.kind, model, "held", reason[:1000], body, facts)


def _pause(refusals: int) -> timedelta:
    """Double the wait with each refusal, so that nobody is told of the same one every few minutes."""
    doubled: int = 2 ** min(refusals - 1, 10)
    return min(LONGEST_PAUSE, FIRST_PAUSE * doubled)


def _because(due: Due, patience: str, attempt: int) -> str:
    names = ", ".join(shown(batch.key) for batch in due.drifted[:MOST_NAMED])
    more = f" and {len(due.drifted) - MOST_NAMED} more" if len(due.drifted) > MOST_NAMED else ""
    asked = f"{len(due.drifted)} of the last batches drifted, patience is {patience}: {names}{more}"
    return f"{asked}; attempt {attempt}, training on {len(due.inputs)} batches since {shown(due.change_point.key)}"


def note(state: State, *, model: str, verdict: Verdict) -> Decision:
    """Take a verdict into account, or record that it came too late to be."""
    late = state.is_late((verdict.object_time, verdict.key))
    body = EvidenceRecorded(
        batch=verdict.batch,
        object_time=verdict.object_time,
        level=verdict.level,
        detector=verdict.detector,
        baseline=verdict.counts_for,
        verdict=verdict.decision_id,
        late=late,
        rows=verdict.rows,
    )
    mark = (verdict.rows or "")[:MARK_LENGTH]
    same = next((one for one in state.evidence if mark and one.rows == mark and one.batch != verdict.batch), None)
    when = "came after a later batch was decided on and changes nothing" if late else "counts from now on"
    if same is not None and not late:
        when = f"it is made of the same parts as {shown(same.key)}, and both count once"
    reason = f"{verdict.detector} says {verdict.level} of {shown(verdict.key)}: {when}"
    return Decision(EvidenceRecorded.kind, model, str(verdict.level), reason, body, (verdict.decision_id,))


def free(state: State, *, model: str, released: BatchReleased) -> Decision:
    """Let a released batch be learned from; a released batch never speaks for drift."""
    late = state.is_late((released.object_time, released.key))
    body = EvidenceReleased(
        batch=released.batch, object_time=released.object_time, baseline=released.baseline,
        verdict=released.verdict, release=released.decision_id, late=late,
    )  # fmt: skip
    reason = f"{shown(released.key)} is released: it may be learned from, and is no evidence of drift"
    return Decision(EvidenceReleased.kind, model, "released", reason, body, (released.decision_id,))


def adopt(state: State, *, model: str, activated: BaselineActivated) -> Decision | None:
    """Judge drift against a newer baseline; an older announcement, or a season's baseline, changes nothing."""
    if activated.season is not None or activated.sequence <= state.baseline_sequence:
        return None
    body = BaselineAdopted(sha256=activated.sha256, source=activated.source, baseline_sequence=activated.sequence)
    reason = f"baseline {activated.sha256[:12]} is in force, evidence against any other is spent"
    return Decision(BaselineAdopted.kind, model, "adopted", reason, body, (activated.decision_id,))


def miss(state: State, *, model: str, failed: BaselineFailed) -> Decision | None:
    """Stop waiting for a baseline that cannot be built of what the last run learned from."""
    if state.awaits_baseline_of is None or failed.answers != state.closed_by:
        return None
    body = BaselineMissed(answers=failed.answers)
    reason = f"no baseline of run {state.awaits_baseline_of[:12]}: drift counts against the one in force as before"
    return Decision(BaselineMissed.kind, model, "missed", reason, body, (failed.decision_id,))


def started(state: State, *, model: str, decision_id: str, arn: str, found: bool) -> Decision | None:
    """Record that a run is under way; a run that AWS really holds is recorded even if it was refused elsewhere."""
    if state.run is not None and state.run.decision_id == decision_id and state.run.arn is not None:
        return None
    body = RunStarted(decision_id=decision_id, arn=arn, found=found)
    how = "was already under way" if found else "started"
    return Decision(RunStarted.kind, model, "started", f"{arn} {how}", body, (decision_id,))


def refused(state: State, *, model: str, decision_id: str, code: str, reason: str) -> Decision | None:
    """Record that a run cannot be started, unless it was after all."""
    if not awaits_start(state, decision_id):
        return None
    body = RunRefused(decision_id=decision_id, code=code)
    return Decision(RunRefused.kind, model, "refused", reason, body, (decision_id,))


def awaits_start(state: State, decision_id: str) -> bool:
    """Tell whether a decision to train is still to be carried out."""
    return state.run is not None and state.run.decision_id == decision_id and state.run.arn is None


def evolve(state: State, entry: Entry) -> State:
    """Fold one entry of the stream into the state."""
    step = STEPS.get(entry.kind)
    return state if step is None else step(state, entry)


def _with_evidence(state: State, entry: Entry) -> State:
    body = EvidenceRecorded.of(entry)
    mark = (body.baseline or "")[:MARK_LENGTH]
    if body.late or mark in state.spent:
        return state
    new = Evidence(
        **body.batch.model_dump(), object_time=body.object_time, level=body.level, baseline=mark,
        rows=(body.rows or "")[:MARK_LENGTH],
    )  # fmt: skip
    return state.model_copy(update={"evidence": merged(state, new)})


def _with_release(state: State, entry: Entry) -> State:
    """Mark what is known of a batch as released, or note it before its verdict is heard of."""
    body = EvidenceReleased.of(entry)
    mark = (body.baseline or "")[:MARK_LENGTH]
    if mark in state.spent or (body.late and not any(item.batch == body.batch for item in state.evidence)):
        return state
    new = Evidence(
        **body.batch.model_dump(), object_time=body.object_time, level=Level.QUARANTINED, baseline=mark,
        is_released=True,
    )  # fmt: skip
    return state.model_copy(update={"evidence": merged(state, new)})


def _with_decision(state: State, entry: Entry) -> State:
    body = RetrainDecided.of(entry)
    until = (body.considered_until, body.considered_key)
    changes = {
        "run": Run(decision_id=entry.decision_id, decided_at=entry.recorded_at),
        "decided_until": until if state.decided_until is None else max(until, state.decided_until),
        "starts": (*state.starts, entry.recorded_at)[-MOST_STARTS:],
        "attempts": body.attempt,
        "held": None,
    }
    return state.model_copy(update=changes)


def _with_start(state: State, entry: Entry) -> State:
    body = RunStarted.of(entry)
    if state.run is not None and state.run.decision_id != body.decision_id:
        return state
    decided_at = state.run.decided_at if state.run is not None else entry.recorded_at
    run = Run(decision_id=body.decision_id, decided_at=decided_at, arn=body.arn, started_at=entry.recorded_at)
    starts = tuple(sorted({*state.starts, decided_at}))[-MOST_STARTS:]
    return state.model_copy(update={"run": run, "starts": starts, "refusals": 0, "refused_at": None})


def _with_refusal(state: State, entry: Entry) -> State:
    body = RunRefused.of(entry)
    if state.run is None or state.run.decision_id != body.decision_id:
        return state
    changes = {
        "run": None,
        "starts": tuple(start for start in state.starts if start != state.run.decided_at),
        "refusals": state.refusals + 1,
        "refused_at": entry.recorded_at,
    }
    return state.model_copy(update=changes)


def _with_end(state: State, entry: Entry) -> State:
    body = RunClosed.of(entry)
    closed = ClosedRun(decision_id=body.decision_id, outcome=entry.outcome, closed_at=entry.recorded_at)
    awaited = body.decision_id if entry.outcome == "succeeded" else None
    return state.model_copy(
        update={"run": None, "last_run": closed, "awaits_baseline_of": awaited, "closed_by": entry.decision_id}
    )


def _with_baseline(state: State, entry: Entry) -> State:
    body = BaselineAdopted.of(entry)
    new = body.sha256[:MARK_LENGTH]
    before = () if state.in_force is None else (state.in_force,)
    spent = tuple(mark for mark in (*state.spent, *before) if mark != new)[-MOST_SPENT:]
    kept = tuple(item for item in state.evidence if item.baseline not in spent)
    changes = {
        "spent": spent,
        "baseline": body.sha256,
        "baseline_sequence": body.baseline_sequence,
        "evidence": bounded(kept, in_force=new),
        "awaits_baseline_of": None,
        "attempts": 0,
        "refusals": 0,
        "refused_at": None,
    }
    return state.model_copy(update=changes)


def _without_baseline(state: State, entry: Entry) -> State:
    return state.model_copy(update={"awaits_baseline_of": None})


def _with_hold(state: State, entry: Entry) -> State:
    body = RetrainHeld.of(entry)
    return state.model_copy(update={"held": (body.bucket, body.controls)})


STEPS: dict[str, Callable[[State, Entry], State]] = {
    EvidenceRecorded.kind: _with_evidence,
    EvidenceReleased.kind: _with_release,
    RetrainDecided.kind: _with_decision,
    RetrainHeld.kind: _with_hold,
    RunStarted.kind: _with_start,
    RunRefused.kind: _with_refusal,
    RunClosed.kind: _with_end,
    BaselineAdopted.kind: _with_baseline,
    BaselineMissed.kind: _without_baseline,
}
FOLD = Fold(State, 1, evolve)
