"""Entry point: verdicts and baselines become evidence, runs are watched, and the timer decides."""

import os
from datetime import datetime
from functools import cache, partial
from typing import Any

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance.entries import FOLD as BUCKET
from holdfast.compliance.entries import stream_of_bucket
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Decision, Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.retraining.adapter import Runs
from holdfast.retraining.contract import (
    ACTIVATED,
    FAILED,
    RELEASED,
    RUN_CHANGES,
    TICK,
    VERDICTS,
    Announced,
    Arrived,
    BaselineActivated,
    BaselineFailed,
    BatchReleased,
    RunSeen,
    Verdict,
)
from holdfast.retraining.entries import RetrainDecided, stream_of
from holdfast.retraining.logic import FOLD, Hold, adopt, confirmed, decide, free, miss, note, started
from holdfast.retraining.policy import RetrainingPolicy
from holdfast.retraining.runs import Refused, close, concerns, ending, order, overdue
from holdfast.retraining.settings import RetrainingSettings
from holdfast.retraining.state import Run, State
from holdfast.shared import clock
from holdfast.shared.errors import ConfigurationError, GovernanceError, TransientError

logger = Logger(service="retraining-judge")


@cache
def settings() -> RetrainingSettings:
    """Read whose runs these are once per execution environment."""
    return RetrainingSettings.load(os.environ)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def runs() -> Runs:
    """Open SageMaker once per execution environment."""
    return Runs.connect()


@cache
def policies() -> dict[str, RetrainingPolicy]:
    """Read which models are retrained, and when."""
    models = Manifest.load(LedgerSettings.load(os.environ).manifest).models
    return {name: model.retraining for name, model in models.items() if model.retraining is not None}


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Something reached us: take evidence in, look after a run, or, if the timer ticked, decide."""
    arrived = Arrived.receive(message.body)
    cause = Cause(arrived.event_id, arrived.event_id)
    changed = RUN_CHANGES.get(arrived.detail_type)
    if arrived.is_announced:
        take_in(_announced(message.body))
    elif arrived.detail_type == TICK:
        tick(cause)
    elif changed is not None and arrived.account == settings().account:
        follow(changed.receive(message.body).seen, cause)
    else:
        logger.info("ignored: not ours to judge", detail_type=arrived.detail_type, event_account=arrived.account)


def take_in(entry: Entry) -> None:
    """Fold a verdict or a new baseline into its model's stream, once."""
    model, stream = entry.subject, stream_of(entry.subject)
    if model not in policies():
        logger.info("ignored: the model is not retrained", model=model, kind=entry.kind)
        return
    if entry.kind in VERDICTS:
        step: Any = partial(note, model=model, verdict=Verdict.of(entry))
    elif entry.kind == ACTIVATED:
        step = partial(adopt, model=model, activated=BaselineActivated.of(entry))
    elif entry.kind == RELEASED:
        step = partial(free, model=model, released=BatchReleased.of(entry))
    elif entry.kind == FAILED:
        step = partial(miss, model=model, failed=BaselineFailed.of(entry))
    else:
        logger.info("ignored: not a kind we take in", kind=entry.kind)
        return
    _tell(ledger().commit(stream, FOLD, step, cause=entry.cause_of_next, now=clock.now()))


def follow(seen: RunSeen, cause: Cause) -> None:
    """Look after the run an event speaks of, if we started it."""
    for model in [name for name, policy in policies().items() if concerns(seen.arn, model=name, policy=policy)]:
        watch(model, seen, cause)


def tick(cause: Cause) -> None:
    """Look after every model's run and decide; one model's failure keeps no other waiting."""
    failed: list[GovernanceError] = []
    for model, policy in policies().items():
        try:
            watch(model, None, cause)
            step = partial(look, model=model, policy=policy, now=clock.now())
            _tell(ledger().commit(stream_of(model), FOLD, step, cause=cause, now=clock.now()))
        except GovernanceError as error:
            logger.exception("model not judged", model=model)
            failed.append(error)
    if failed:
        raise TransientError(f"{len(failed)} of {len(policies())} models were not judged: {failed[0]}") from failed[0]


def look(state: State, *, model: str, policy: RetrainingPolicy, now: datetime) -> Decision | None:
    """Decide on the state and on what the buckets of a training that is due are worth at that moment."""
    due = confirmed(state, policy=policy, now=now)
    buckets = sorted({batch.bucket for batch in due.inputs}) if due is not None else []
    said = {bucket: ledger().state(stream_of_bucket(bucket), BUCKET) for bucket in buckets}
    holds = [Hold(bucket, found.critical, found.sequence) for bucket, found in said.items() if found.critical]
    return decide(state, model=model, policy=policy, now=now, holds=holds)


def watch(model: str, told: RunSeen | None, cause: Cause) -> None:
    """Describe the model's run in flight and close it if it ended, whether or not an event said so."""
    run = ledger().state(stream_of(model), FOLD).run
    if run is None or (told is not None and told.arn != run.arn):
        return
    if overdue(run, clock.now()) and _found(model, run, cause):
        return
    described = None if run.arn is None else runs().describe(run.arn)
    end = ending(run, described=described, told=told, now=clock.now())
    if end is None:
        return
    entry = _entry(run.decision_id)
    step = partial(close, decided=RetrainDecided.of(entry), run=run, end=end, model=model)
    because = Cause(cause.id, entry.correlation_id)
    _tell(ledger().commit(stream_of(model), FOLD, step, cause=because, now=clock.now()))


def _found(model: str, run: Run, cause: Cause) -> bool:
    """Look for a run whose start never came on record, before it is given up and another may follow."""
    entry = _entry(run.decision_id)
    wanted = order(entry, policies().get(model))
    arn = None if isinstance(wanted, Refused) else runs().find(wanted)
    if arn is not None:
        step = partial(started, model=model, decision_id=run.decision_id, arn=arn, found=True)
        because = Cause(cause.id, entry.correlation_id)
        _tell(ledger().commit(stream_of(model), FOLD, step, cause=because, now=clock.now()))
    return arn is not None


def _announced(body: dict[str, Any]) -> Entry:
    return _entry(Announced.receive(body).decision_id)


def _entry(decision_id: str) -> Entry:
    entry = ledger().entry(decision_id)
    if entry is None:
        raise ConfigurationError(f"decision {decision_id} is not in the ledger")
    return entry


def _tell(entry: Entry | None) -> None:
    if entry is not None:
        logger.info(
            "recorded", kind=entry.kind, outcome=entry.outcome, subject=entry.subject, decision_id=entry.decision_id
        )
