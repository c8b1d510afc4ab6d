"""Entry point: an object arrived, so say what it is worth as a batch of each model that governs it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches import baselines, schema
from holdfast.batches.adapter import Absent, Denied, ObjectStore, Opened
from holdfast.batches.baseline_adapter import BaselineStore
from holdfast.batches.baselines import BASELINES
from holdfast.batches.contract import BatchArrived
from holdfast.batches.entries import BatchJudged
from holdfast.batches.evolution import taken_in
from holdfast.batches.gathering import Expired, Gatherer, PartLost
from holdfast.batches.judgement import assessed, counted
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.logic import (
    BATCH,
    BatchState,
    Described,
    Held,
    Subject,
    Verdict,
    beyond_us,
    decide,
    governing,
    object_of,
    subject_of,
    untouched,
)
from holdfast.batches.parts import Unusable
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.schema import SCHEMA, Contract
from holdfast.batches.seasons import season_of
from holdfast.batches.settings import BatchJudgeSettings
from holdfast.batches.verdict import BatchAssessment, refused, unjudged
from holdfast.compliance.entries import FOLD, stream_of_bucket
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Entry, LedgerSettings
from holdfast.manifest import Manifest, Model
from holdfast.shared import clock
from holdfast.shared.errors import TransientError
from holdfast.shared.queue import Message, each_message

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


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an arrival for one model: why, when, until when, and whether it is the last one there will be."""

    model_name: str
    model: Model
    cause: Cause
    now: datetime
    expired: Expired
    is_last: bool


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
    if state.is_final(arrived.etag):
        _finish(state, look)
        return "judged already"
    verdict = _answered(arrived, state, look)
    if isinstance(verdict, str):
        return verdict
    verdict = verdict.held(ledger().state(stream_of_bucket(arrived.bucket), FOLD).critical)
    return _committed(verdict, subject, look)


def _committed(verdict: Verdict, subject: Subject, look: Look) -> Entry | str:
    """Put a verdict on record and count it, if it is news."""
    step = partial(decide, judged=verdict.body, reason=verdict.reason)
    entry = ledger().commit(subject.stream, BATCH, step, cause=look.cause, now=look.now)
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
        step = partial(taken_in, proposed=proposed)
        stream = schema.stream_of(look.model_name)
        ledger().commit(stream, SCHEMA, step, cause=verdict.cause_of_next, now=look.now)


def _answered(arrived: BatchArrived, state: BatchState, look: Look) -> Verdict | str:
    """Look at the object; what does not answer is asked again, and at the last attempt the verdict is unknown."""
    try:
        return _looked(arrived, state, look)
    except TransientError as error:
        if not look.is_last:
            raise
        said = f"asked {LAST_ATTEMPT} times in vain: {error}"
        closed_by = look.model.batches.closed_by
        return untouched(arrived, said, model=look.model_name, now=look.now, waits_for="service", closed_by=closed_by)


def _looked(arrived: BatchArrived, state: BatchState, look: Look) -> Verdict | str:
    opened = store().open(object_of(arrived))
    if isinstance(opened, Absent):
        return opened.reason
    if isinstance(opened, Denied):
        closed_by = look.model.batches.closed_by
        return untouched(arrived, opened.reason, model=look.model_name, now=look.now, closed_by=closed_by)
    described = opened.described
    if state.is_final(described.source.etag, described.modified):
        opened.close()
        _finish(state, look)
        return "judged already"
    return _verdict(opened, look)


def _verdict(opened: Opened, look: Look) -> Verdict | str:
    """Say what an object that can be read, or the parts that it closes, are worth."""
    held, name = _held(opened.described, look), look.model_name
    described = replace(opened.described, closed_by=look.model.batches.closed_by)
    if look.model.batches.closed_by == "object" and (reason := beyond_us(described)) is not None:
        opened.close()
        return Verdict.lacking("support", reason, described, model=name)
    if held is None:
        opened.close()
        return Verdict.lacking("baseline", "no baseline yet", described, model=name)
    gatherer = Gatherer(store())
    found = gatherer.parts(opened, look.model.batches)
    if isinstance(found, Absent):
        return found.reason
    if isinstance(found, Unusable):
        if found.waits_for is None:
            return _said(refused(found.reason), described, held, look)
        return Verdict.lacking(found.waits_for, found.reason, described, model=name)
    if not found.parts:
        return _measured([NamedSource(described.source.key, opened.read())], found, held, look)
    try:
        with TemporaryDirectory(prefix="holdfast-") as folder:
            sources = list(gatherer.read(found, Path(folder), expired=look.expired))
            return _measured(sources, found, held, look)
    except PartLost as error:
        return Verdict.lacking(error.waits_for, str(error), found, model=name)


def _measured(sources: Sequence[NamedSource], found: Described, held: Held, look: Look) -> Verdict:
    """Count the batch and judge it, under the contract of the model's own baseline."""
    against, agreed = baseline(held.sha256), baseline(held.era or held.sha256)
    state = ledger().state(schema.stream_of(look.model_name), SCHEMA)
    try:
        counts = counted(sources, against, look.model, expired=look.expired)
    except Unreadable as error:
        return _said(refused(str(error)), found, held, look)
    except BeyondLimits as error:
        return _said(unjudged(str(error)), found, held, look)
    contract = Contract.of(agreed, state)
    assessment = assessed(counts, against, look.model, arrived=found.modified, contract=contract)
    proposed = schema.decide(
        state, model=look.model_name, counts=counts, baseline=agreed, sha256=held.era or held.sha256,
        source=found.source, policy=look.model.columns, assessment=assessment,
    )  # fmt: skip
    return _said(assessment, found, held, look).proposing(None if proposed is None else proposed.body)


def _said(assessment: BatchAssessment, found: Described, held: Held, look: Look) -> Verdict:
    return Verdict.of(assessment, found, model=look.model_name, baseline=held.sha256).against(held)


def _held(described: Described, look: Look) -> Held | None:
    """Choose what to hold a batch against, and ask for the baselines that are wanted."""
    model, name = look.model, look.model_name
    stream, seasonal = baselines.stream_of(name), model.seasonal
    season = None if seasonal is None else season_of(described.modified, seasonal.same)
    asks = [partial(baselines.request, model=name, reference=model.reference, now=look.now)]
    if season is not None:
        asks.append(partial(baselines.request_season, model=name, reference=model.reference, season=season))
    state = ledger().state(stream, BASELINES)
    for ask in asks:
        if ask(state) is not None:
            ledger().commit(stream, BASELINES, ask, cause=look.cause, now=look.now)
    return baselines.held(state, season)


def _count(model: str) -> None:
    """Count the batch for the alarm on a silent prefix, in the stage's namespace, with the model as one dimension."""
    with single_metric("BatchesJudged", MetricUnit.Count, 1) as metric:
        metric.add_dimension("model", model)
        metric.service = ""
