"""Entry point: a plan was ordered or approved, so carry it out, once."""

import os
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance.adapter import Account
from holdfast.compliance.remediation.adapter import Bucket
from holdfast.compliance.remediation.announced import Announced
from holdfast.compliance.remediation.carrying import Plan, plan_of
from holdfast.compliance.remediation.execution import Execution
from holdfast.compliance.remediation.settings import LAST_ATTEMPT, METRIC, RemediationSettings
from holdfast.compliance.rulebook import Governed
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.clients import client
from holdfast.shared.errors import ContractError

REMEDIATOR = "remediator"
logger = Logger(service="remediator")


@cache
def settings() -> RemediationSettings:
    """Read where we are once per execution environment."""
    return RemediationSettings.load(os.environ)


@cache
def account() -> Account:
    """Name the account once per execution environment."""
    return Account(settings().account, settings().region, partition=settings().partition, is_patient=True)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what may be changed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Carry out the plan announced, unless its outcome is on record or the bucket is one of our own."""
    order = Announced.receive(message.body).entry(ledger())
    plan = Plan.of(plan_of(order, ledger().entry), by=REMEDIATOR, run=message.id)
    bucket = plan.body.resource
    if bucket in settings().own_buckets:
        raise ContractError(f"{bucket} is a bucket of Holdfast itself: it is never changed")
    execution = Execution(
        plan=plan, hands=Bucket(plan, client("s3"), account(), Governed(manifest())), ledger=ledger(),
        cause=order.cause_of_next, now=clock.now, is_last=message.attempt >= LAST_ATTEMPT,
    )  # fmt: skip
    entry = execution.carry_out(mode=manifest().remediation_mode(bucket, plan.control))
    _tell(entry, plan)


def _tell(entry: Entry | None, plan: Plan) -> None:
    if entry is None:
        logger.info("ignored: the plan has its outcome", plan=plan.id)
        return
    logger.info("plan carried out", bucket=plan.body.resource, control=plan.control, outcome=entry.outcome)
    if entry.kind == "Remediation Failed":
        with single_metric(METRIC, MetricUnit.Count, 1) as metric:
            metric.service = ""
