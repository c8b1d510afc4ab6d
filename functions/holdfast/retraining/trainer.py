"""Entry point: a decision to train was taken, so start its run, once."""

import os
from functools import cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches.entries import stream_of_batch
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.manifest import Manifest
from holdfast.retraining.adapter import Runs
from holdfast.retraining.contract import Announced
from holdfast.retraining.entries import BatchVersion, stream_of
from holdfast.retraining.logic import FOLD, awaits_start, refused, started
from holdfast.retraining.policy import RetrainingPolicy
from holdfast.retraining.runs import Order, Refused, filled, learned, order
from holdfast.shared import clock
from holdfast.shared.errors import ConfigurationError

logger = Logger(service="retraining-trainer")


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def runs() -> Runs:
    """Open SageMaker once per execution environment."""
    return Runs.connect()


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Carry out the decision announced, unless its outcome is on record."""
    decision_id = Announced.receive(message.body).decision_id
    entry = ledger().entry(decision_id)
    if entry is None:
        raise ConfigurationError(f"decision {decision_id} is not in the ledger: nothing is started")
    model, stream = entry.subject, stream_of(entry.subject)
    wanted = order(entry, _policy(model))
    if not awaits_start(ledger().state(stream, FOLD), decision_id):
        logger.info("ignored: the decision has its outcome", decision_id=decision_id)
        return
    wanted = wanted if isinstance(wanted, Refused) else filled(wanted, _learned(model, wanted))
    answer = wanted if isinstance(wanted, Refused) else runs().start(wanted)
    if isinstance(answer, Refused):
        step = partial(refused, model=model, decision_id=decision_id, code=answer.code, reason=answer.reason)
    else:
        step = partial(started, model=model, decision_id=decision_id, arn=answer.arn, found=answer.found)
    ledger().commit(stream, FOLD, step, cause=entry.cause_of_next, now=clock.now())
    logger.info("decision carried out", model=model, decision_id=decision_id, answer=type(answer).__name__)


def _learned(model: str, wanted: Order) -> list[BatchVersion]:
    """Look up what each batch of an order is made of, as it was judged."""
    streams = ((batch, stream_of_batch(model, batch.bucket, batch.key, batch.version_id)) for batch in wanted.batches)
    return [part for batch, stream in streams for part in learned(batch, ledger().entries(stream))]


def _policy(model: str) -> RetrainingPolicy | None:
    governed = manifest().models.get(model)
    return None if governed is None else governed.retraining
