"""Entry point: a batch was refused, so keep a copy of it aside and mark the original."""

import os
from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches.announced import Announced
from holdfast.batches.logic import BATCH
from holdfast.batches.quarantine import decide, order_of, outcome_id
from holdfast.batches.quarantine_adapter import Quarantine
from holdfast.batches.settings import QuarantineSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.shared import clock
from holdfast.shared.queue import Message, each_message

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
    """A verdict orders a quarantine: carry it out unless its outcome is on record."""
    verdict = Announced.receive(message.body).entry(ledger())
    judged = order_of(verdict)
    if ledger().entry(outcome_id(verdict.decision_id)) is not None:
        logger.info("quarantined already", verdict=verdict.decision_id)
        return
    copied = quarantine().keep(judged)
    marking = quarantine().mark(judged, verdict.decision_id)
    decision = decide(judged, verdict=verdict.decision_id, copied=copied, marking=marking)
    ledger().commit(verdict.stream, BATCH, lambda _: decision, cause=verdict.cause_of_next, now=clock.now())
    logger.info("batch quarantined", model=judged.model, outcome=decision.outcome, decision_id=decision.id)
