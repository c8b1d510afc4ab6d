"""Entry point: a batch was refused, so keep a copy of it aside and mark the original; or it was released again."""

import os
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches.announced import Announced
from holdfast.batches.entries import BatchJudged, BatchReleased, ObjectRead
from holdfast.batches.logic import BATCH
from holdfast.batches.quarantine import UNMARKED, SetAside, decide, objects_of, order_of, outcome_id
from holdfast.batches.quarantine_adapter import Quarantine
from holdfast.batches.release import lifted, lifted_id
from holdfast.batches.settings import QuarantineSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Decision, Entry, LedgerSettings
from holdfast.shared import clock
from holdfast.shared.errors import IntegrityError

logger = Logger(service="batch-quarantine")


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def quarantine() -> Quarantine:
    """Open the quarantine once per execution environment."""
    return Quarantine.connect(QuarantineSettings.load(os.environ))


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """A verdict orders a quarantine, or a release its end: carry it out unless its outcome is on record."""
    asked = Announced.receive(message.body).entry(ledger())
    if asked.kind == BatchReleased.kind:
        release(asked)
    else:
        isolate(asked)


def isolate(verdict: Entry) -> None:
    """Copy what a refused batch is made of, and mark it."""
    judged = order_of(verdict)
    if ledger().entry(outcome_id(verdict.decision_id)) is not None:
        logger.info("quarantined already", verdict=verdict.decision_id)
        return
    wanted = not is_released(verdict)
    done = [_set_aside(judged, source, verdict.decision_id, is_marked=wanted) for source in objects_of(judged)]
    if wanted and is_released(verdict):
        take_off(judged, verdict.decision_id)
        done = [SetAside(one.copied, UNMARKED) for one in done]
    record(decide(judged, done, verdict=verdict.decision_id), verdict)


def release(released: Entry) -> None:
    """Take our mark off what a released batch is made of; the copies stay."""
    if ledger().entry(lifted_id(released.decision_id)) is not None:
        logger.info("lifted already", release=released.decision_id)
        return
    verdict = BatchReleased.of(released).verdict
    if (found := ledger().entry(verdict)) is None:
        raise IntegrityError(f"release {released.decision_id} names verdict {verdict}, which is not in the ledger")
    told = take_off(BatchJudged.of(found), verdict)
    record(lifted(released, unmarked=told.count(True), gone=told.count(False)), released)


def take_off(judged: BatchJudged, verdict: str) -> list[bool]:
    """Unmark each object, and tell of which there is one still."""
    return [quarantine().unmark(source, verdict) for source in objects_of(judged)]


def is_released(verdict: Entry) -> bool:
    """Tell whether somebody released the batch of a verdict by now."""
    state = ledger().state(verdict.stream, BATCH)
    return state.verdict == verdict.decision_id and state.is_released


def record(decision: Decision, asked: Entry) -> None:
    """Commit what came of it to the stream of the batch."""
    ledger().commit(asked.stream, BATCH, lambda _: decision, cause=asked.cause_of_next, now=clock.now())
    logger.info("quarantine", model=decision.subject, outcome=decision.outcome, decision_id=decision.id)


def _set_aside(judged: BatchJudged, source: ObjectRead, verdict: str, *, is_marked: bool) -> SetAside:
    """Copy one object and mark it; what was released before is copied, and not marked."""
    copied = quarantine().keep(judged.model, source)
    return SetAside(copied, quarantine().mark(source, verdict) if is_marked else UNMARKED)
