"""Entry point: a resource was judged anew, so tell Security Hub what is new of it."""

import os
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance.exports.news import Announced, news
from holdfast.compliance.exports.security_hub_adapter import SecurityHub
from holdfast.compliance.settings import ComplianceSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.shared.errors import ConfigurationError

logger = Logger(service="security-hub")


@cache
def settings() -> ComplianceSettings:
    """Read whose findings these are once per execution environment."""
    return ComplianceSettings.load(os.environ)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def hub() -> SecurityHub:
    """Open Security Hub once per execution environment."""
    return SecurityHub.connect()


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Import what the entry changed; the message only names it."""
    decision_id = Announced.receive(message.body).decision_id
    entry = ledger().entry(decision_id)
    if entry is None:
        raise ConfigurationError(f"decision {decision_id} is not in the ledger: security hub is not told")
    findings = news(entry, ledger().entries(entry.stream), partition=settings().partition)
    hub().send(findings)
    logger.info("security hub told", subject=entry.subject, findings=len(findings), decision_id=decision_id)
