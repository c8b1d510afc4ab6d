"""Entry point: an object arrived, so say what it is worth as a batch of each model that governs it."""

import os
from datetime import datetime
from functools import cache, lru_cache, partial

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches import baselines
from holdfast.batches.adapter import Absent, Denied, ObjectStore, Opened
from holdfast.batches.baseline_adapter import BaselineStore
from holdfast.batches.baselines import BASELINES
from holdfast.batches.contract import BatchArrived
from holdfast.batches.judgement import measure
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.logic import BATCH, Verdict, beyond_us, decide, governing, object_of, subject_of, untouched
from holdfast.batches.settings import BatchJudgeSettings
from holdfast.compliance.entries import FOLD, stream_of_bucket
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Entry, LedgerSettings
from holdfast.manifest import Manifest, Model
from holdfast.shared import clock
from holdfast.shared.queue import Message, each_message

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
            said = _judge(arrived, name, model, cause=cause)
            if isinstance(said, str):
                logger.info("ignored", reason=said, model=name, bucket=arrived.bucket, key=arrived.key)
            else:
                logger.info("batch judged", level=said.outcome, model=name, stream=said.stream, reason=said.reason)


def _judge(arrived: BatchArrived, name: str, model: Model, *, cause: Cause) -> Entry | str:
    """Commit the verdict on one object for one model, or say why there is nothing to record."""
    subject, now = subject_of(arrived, name), clock.now()
    if ledger().state(subject.stream, BATCH).is_final(arrived.etag):
        return "judged already"
    opened = store().open(object_of(arrived))
    if isinstance(opened, Absent):
        return opened.reason
    if isinstance(opened, Denied):
        verdict = untouched(arrived, opened.reason, model=name, now=now)
    else:
        verdict = _verdict(opened, name, model, cause=cause, now=now)
    verdict = verdict.held(ledger().state(stream_of_bucket(arrived.bucket), FOLD).critical)
    step = partial(decide, judged=verdict.body, reason=verdict.reason)
    entry = ledger().commit(subject.stream, BATCH, step, cause=cause, now=now)
    if entry is None:
        return "nothing new"
    _count(name)
    return entry


def _verdict(opened: Opened, name: str, model: Model, *, cause: Cause, now: datetime) -> Verdict:
    """Say what an object that can be read is worth."""
    active = _active(name, model, cause=cause, now=now)
    if (reason := beyond_us(opened.described)) is not None:
        opened.close()
        return Verdict.lacking("support", reason, opened.described, model=name)
    if active is None:
        opened.close()
        return Verdict.lacking("baseline", "no baseline yet", opened.described, model=name)
    assessment = measure(opened.read(), baseline(active), model)
    return Verdict.of(assessment, opened.described, model=name, baseline=active)


def _active(name: str, model: Model, *, cause: Cause, now: datetime) -> str | None:
    """Name the baseline in force, and ask for one where it is wanted."""
    stream = baselines.stream_of(name)
    ask = partial(baselines.request, model=name, reference=model.reference, now=now)
    state = ledger().state(stream, BASELINES)
    if ask(state) is not None:
        ledger().commit(stream, BASELINES, ask, cause=cause, now=now)
    return None if state.active is None else state.active.sha256


def _count(model: str) -> None:
    """Count the batch for the alarm on a silent prefix, in the stage's namespace, with the model as one dimension."""
    with single_metric("BatchesJudged", MetricUnit.Count, 1) as metric:
        metric.add_dimension("model", model)
        metric.service = ""
