"""Entry point: a timer ticked, so announce what the outbox still holds."""

import os
from datetime import timedelta
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.ledger.announcer import Announcer, Pending
from holdfast.ledger.contract import PublisherSettings
from holdfast.shared import clock
from holdfast.shared.errors import GovernanceError

LEAST_TIME_LEFT_MS = 10_000
PATIENCE = timedelta(minutes=2)
logger = Logger(service="ledger-outbox")


@cache
def announcer() -> Announcer:
    """Build the clients once per execution environment."""
    return Announcer.connect(PublisherSettings.load(os.environ))


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Announce every entry that the stream has not announced in time; one that cannot be holds up no other."""
    failures: list[GovernanceError] = []
    for item in announcer().waiting(since=clock.now(), patience=PATIENCE):
        if context.get_remaining_time_in_millis() < LEAST_TIME_LEFT_MS:
            logger.warning("the outbox holds more than one tick can announce")
            break
        try:
            pending = Pending.parse(item)
            announcer().announce(pending)
        except GovernanceError as error:
            logger.exception("entry not announced", item=item["sk"]["S"])
            failures.append(error)
        else:
            logger.warning("entry announced late", kind=pending.entry.kind, decision_id=pending.entry.decision_id)
    if failures:
        raise failures[0]
