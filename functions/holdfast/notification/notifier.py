"""Entry point: a decision was announced, so tell people if it is worth their time."""

import os
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.notification.adapter import Topic
from holdfast.notification.contract import Announced
from holdfast.notification.logic import letter, worth_telling
from holdfast.notification.settings import NotificationSettings
from holdfast.shared.errors import ConfigurationError

logger = Logger(service="notifier")


@cache
def settings() -> NotificationSettings:
    """Read whom to tell once per execution environment."""
    return NotificationSettings.load(os.environ)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def topic() -> Topic:
    """Open the topic once per execution environment."""
    return Topic.connect(settings())


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Publish what the entry says; the message only names it."""
    decision_id = Announced.receive(message.body).decision_id
    entry = ledger().entry(decision_id)
    if entry is None:
        raise ConfigurationError(f"decision {decision_id} is not in the ledger: nobody is told")
    if not worth_telling(entry):
        logger.info("ignored: not worth a person's time", kind=entry.kind, outcome=entry.outcome)
        return
    topic().publish(letter(entry, stage=settings().stage))
    logger.info("people told", kind=entry.kind, outcome=entry.outcome, decision_id=decision_id)
