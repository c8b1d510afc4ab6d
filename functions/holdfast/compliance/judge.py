"""Entry point: something changed or a look is due, so record what the controls say of a resource now."""

import os
from collections.abc import Mapping
from functools import cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.borne import tags_of
from holdfast.compliance.doors import Ignored, Look, Requested, looks
from holdfast.compliance.entries import FOLD, ResourceState
from holdfast.compliance.facts import GoneError, Readings
from holdfast.compliance.logic import by_request, decide, judge, unwatched
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Governed
from holdfast.compliance.settings import ComplianceSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Decision, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared.clock import now
from holdfast.shared.errors import TransientError

LOOKS = 5
logger = Logger(service="compliance")


@cache
def account() -> Account:
    """Name the account once per execution environment."""
    settings = ComplianceSettings.load(os.environ)
    return Account(
        settings.account, settings.region, partition=settings.partition, is_patient=True, waivers=manifest().waivers
    )


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@cache
def rules() -> Governed:
    """Read which controls hold once per execution environment."""
    return Governed(manifest())


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Judge the live state of what a message names, and record what is news of it."""
    found = looks(message.body, catalogue.every_kind(), account=account().account, message_id=message.id)
    if isinstance(found, Ignored):
        logger.info("event ignored", event_name=found.what, reason=found.reason)
        return
    for due in found:
        record(due)


def record(due: Look) -> None:
    """Look and record until a look brings nothing new: whoever wrote last has then seen the latest state."""
    resource, cause = account().resource(due.kind, due.name), Cause(due.cause, due.cause)
    if not rules().watches(resource, partial(tags, due, resource)):
        close = partial(unwatched, resource=resource, type_name=due.kind.resource_type)
        ledger().commit(resource.stream, FOLD, close, cause=cause, now=now())
        logger.info("resource ignored", resource=resource.subject, reason="not governed and not in scope")
        return
    for _ in range(LOOKS):
        entry = ledger().commit(
            resource.stream, FOLD, partial(look, due=due, resource=resource), cause=cause, now=now()
        )
        if entry is None:
            return
        logger.info("judged", resource=resource.subject, outcome=entry.outcome, changed=len(entry.body["changed"]))
    raise TransientError(f"{resource.subject} changed {LOOKS} times while it was judged: look again later")


def look(state: ResourceState, *, due: Look, resource: Resource) -> Decision | None:
    """Read the resource and decide; reading after the head makes every entry newer than the one before it."""
    moment, kind = now(), due.kind
    live = account().readings(resource, kind, now=moment)
    decided = partial(decide, state, resource=resource, type_name=kind.resource_type, principal=due.principal)
    try:
        _must_exist(due, live)
        findings = judge(resource, live, rules(), now=moment)
    except GoneError:
        if due.requested is None or kind.described is None or state.outcome == "deleted":
            return decided(findings=None)
        requested = Requested(kind.described, due.requested, live)
        findings = by_request(judge(resource, requested, rules(), now=moment))
    return decided(findings=findings)


def tags(due: Look, resource: Resource) -> Mapping[str, str] | None:
    """Give a resource's tags as far as they can be read: what is gone has none to be known by."""
    try:
        return tags_of(due.kind, account().readings(resource, due.kind, now=now()))
    except GoneError:
        return None


def _must_exist(due: Look, readings: Readings) -> None:
    """Raise `GoneError` if it does not, also where no control asks for its description."""
    if due.kind.described is not None:
        _ = readings[due.kind.described]
