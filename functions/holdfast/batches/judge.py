"""Entry point: an object arrived, so say what it is worth as a batch of each model that governs it."""

import os
from functools import cache, lru_cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches import schema
from holdfast.batches.adapter import ObjectStore
from holdfast.batches.assessor import Assessor, Look
from holdfast.batches.baseline_adapter import BaselineStore
from holdfast.batches.contract import BatchArrived
from holdfast.batches.entries import BatchJudged, stream_of_batch
from holdfast.batches.evolution import taken_in
from holdfast.batches.gathering import Expired
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.logic import BATCH, BatchState, Verdict, decide, governing, subject_of, untouched
from holdfast.batches.schema import SCHEMA
from holdfast.batches.settings import BatchJudgeSettings
from holdfast.compliance.entries import FOLD, stream_of_bucket
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.errors import TransientError

LEAST_TIME_LEFT_MS = 20_000
LAST_ATTEMPT = 5
logger = Logger(service="batch-judge")


@cache
def settings() -> BatchJudgeSettings:
    """Read whose objects these are once per execution environment."""
    return BatchJudgeSettings.load(os.environ)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@cache
def store() -> ObjectStore:
    """Open S3 once per execution environment."""
    return ObjectStore.connect(settings().account)


@lru_cache(maxsize=8)
def baseline(sha256: str) -> Baseline:
    """Fetch and prove a baseline once per execution environment."""
    stored = BaselineStore.connect(settings().state_bucket, settings().account)
    return Baseline.from_bytes(stored.get(sha256))


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Judge each object that a message tells of, for each model whose batch it is."""
    for arrived in BatchArrived.receive(message.body):
        governed = governing(arrived, manifest(), account=settings().account)
        for reason in governed.reasons:
            logger.info("ignored", reason=reason, bucket=arrived.bucket, key=arrived.key)
        cause = Cause(arrived.event_id or message.id, arrived.event_id or message.id)
        for name, model in governed.models.items():
            is_last = message.attempt >= LAST_ATTEMPT
            said = _judge(arrived, Look(name, model, cause, clock.now(), _expiry(context), is_last))
            if isinstance(said, str):
                logger.info("ignored", reason=said, model=name, bucket=arrived.bucket, key=arrived.key)
            else:
                logger.info("batch judged", level=said.outcome, model=name, stream=said.stream, reason=said.reason)


def _expiry(context: LambdaContext) -> Expired:
    return lambda: context.get_remaining_time_in_millis() < LEAST_TIME_LEFT_MS


def _judge(arrived: BatchArrived, look: Look) -> Entry | str:
    """Commit the verdict on one object for one model, or say why there is nothing to record."""
    subject = subject_of(arrived, look.model_name)
    state = ledger().state(subject.stream, BATCH)
    _finish(state, look)
    if state.is_final(arrived.etag):
        return "judged already"
    verdict = _answered(arrived, state, look)
    if isinstance(verdict, str):
        return verdict
    return _committed(verdict.held(ledger().state(stream_of_bucket(arrived.bucket), FOLD).critical), look)


def _committed(verdict: Verdict, look: Look) -> Entry | str:
    """Put a verdict on record and count it, if it is news: in the stream of the version read, whatever we were told."""
    body, step = verdict.body, partial(decide, judged=verdict.body, reason=verdict.reason)
    stream = stream_of_batch(body.model, body.bucket, body.key, body.version_id)
    entry = ledger().commit(stream, BATCH, step, cause=look.cause, now=look.now)
    if entry is None:
        return "nothing new"
    _count(look.model_name)
    _evolve(entry, look)
    return entry


def _finish(state: BatchState, look: Look) -> None:
    """Let the contract follow a verdict whose judge may have died before it did."""
    if state.evolves and state.verdict is not None and (entry := ledger().entry(state.verdict)) is not None:
        _evolve(entry, look)


def _evolve(verdict: Entry, look: Look) -> None:
    """Let the model's contract take in what a verdict asks of it, once."""
    proposed = BatchJudged.of(verdict).evolution
    if proposed is not None:
        step = partial(taken_in, proposed=proposed, verdict=verdict.decision_id)
        stream = schema.stream_of(look.model_name)
        ledger().commit(stream, SCHEMA, step, cause=verdict.cause_of_next, now=look.now)


def _answered(arrived: BatchArrived, state: BatchState, look: Look) -> Verdict | str:
    """Look at the object; what does not answer is asked again, and at the last attempt the verdict is unknown."""
    try:
        return Assessor(store(), ledger(), baseline).look(arrived, state, look)
    except TransientError as error:
        if not look.is_last:
            raise
        said = f"asked {LAST_ATTEMPT} times in vain: {error}"
        closed_by = look.model.batches.closed_by
        return untouched(arrived, said, model=look.model_name, now=look.now, waits_for="service", closed_by=closed_by)


def _count(model: str) -> None:
    """Count the batch for the alarm on a silent prefix, in the stage's namespace, with the model as one dimension."""
    with single_metric("BatchesJudged", MetricUnit.Count, 1) as metric:
        metric.add_dimension("model", model)
        metric.service = ""
