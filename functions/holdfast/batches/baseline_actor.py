"""Entry point: a baseline was asked for, or a run closed well, so build one and bring it into force."""

import os
from functools import cache, partial

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches.adapter import Denied, ObjectStore, Opened
from holdfast.batches.announced import Announced
from holdfast.batches.baseline_adapter import BaselineStore
from holdfast.batches.baselines import (
    BASELINES,
    Built,
    Order,
    UnbuildableError,
    answer,
    is_open,
    order_of,
    outcome,
    stream_of,
)
from holdfast.batches.entries import ObjectRead
from holdfast.batches.logic import BATCH, Subject
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline
from holdfast.batches.settings import BaselineSettings
from holdfast.batches.verdict import Level
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.shared import clock
from holdfast.shared.queue import Message, each_message

logger = Logger(service="batch-baseline")


@cache
def settings() -> BaselineSettings:
    """Read whose objects these are once per execution environment."""
    return BaselineSettings.load(os.environ)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def objects() -> ObjectStore:
    """Open S3 once per execution environment."""
    return ObjectStore.connect(settings().account)


@cache
def baselines() -> BaselineStore:
    """Open the state bucket once per execution environment."""
    return BaselineStore.connect(settings().state_bucket, settings().account)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Build what a request or a closed run asks for, unless that has its answer."""
    asked = Announced.receive(message.body).entry(ledger())
    stream = stream_of(asked.subject)
    if not is_open(ledger().state(stream, BASELINES), asked):
        logger.info("ignored: nothing to build, or built already", kind=asked.kind, decision_id=asked.decision_id)
        return
    order = order_of(asked)
    body, reason = outcome(order, _build(order))
    step = partial(answer, body=body, reason=reason)
    entry = ledger().commit(stream, BASELINES, step, cause=asked.cause_of_next, now=clock.now())
    logger.info("baseline answered", model=order.model, outcome=body.kind, reason=reason, is_news=entry is not None)


def _build(order: Order) -> Built | str:
    """Build and store a baseline of the sources that may enter one, or say why there is none."""
    try:
        taken = _take(order)
        built = read_baseline(list(taken.values()))
    except (UnbuildableError, Unreadable, BeyondLimits) as error:
        return str(error)
    if not built.rows:
        return "the objects it would be built of hold no rows"
    data = built.to_bytes()
    sha256, uri = baselines().put(data)
    return Built(sha256, uri, built.rows, len(data), tuple(taken), len(order.sources) - len(taken))


def _take(order: Order) -> dict[ObjectRead, bytes]:
    """Fetch what the baseline is built of; raises `UnbuildableError` if that cannot be had."""
    taken: dict[ObjectRead, bytes] = {}
    for source in order.sources:
        if _is_quarantined(order.model, source):
            continue
        opened = objects().open(source)
        if isinstance(opened, Opened):
            order.check(opened.described, beside=sum(len(data) for data in taken.values()))
            taken[opened.described.source] = opened.read()
        elif order.is_reference or isinstance(opened, Denied):
            raise UnbuildableError(opened.reason)
    if not taken:
        raise UnbuildableError("none of the objects it would be built of may be used")
    return taken


def _is_quarantined(model: str, source: ObjectRead) -> bool:
    subject = Subject(model, source.bucket, source.key, source.version_id)
    return ledger().state(subject.stream, BATCH).level == Level.QUARANTINED
