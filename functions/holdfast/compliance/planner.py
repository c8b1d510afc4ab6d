"""Entry point: a control failed, a plan ended or a timer ticked, so record what would put it right."""

import os
from functools import cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.contract import ResourceJudged
from holdfast.compliance.control import Control
from holdfast.compliance.entries import FOLD as JUDGED
from holdfast.compliance.entries import stream_of_bucket
from holdfast.compliance.facts import GoneError
from holdfast.compliance.remediation.announced import Announced
from holdfast.compliance.remediation.entries import stream_of
from holdfast.compliance.remediation.look import UnreadableError, look
from holdfast.compliance.remediation.planning import plan, withdrawn
from holdfast.compliance.remediation.settings import RemediationSettings
from holdfast.compliance.remediation.state import FOLD, OPEN, RemediationState
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Governed
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Decision, Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.errors import GovernanceError

BUCKET = "s3_bucket"
logger = Logger(service="remediation-planner")


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


@cache
def rules() -> Governed:
    """Read which controls hold once per execution environment."""
    return Governed(manifest())


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Plan for the bucket that an announcement is about, or at a tick for every bucket that may be changed."""
    told = Announced.receive(message.body)
    if not told.is_tick:
        consider(told.entry(ledger()))
        return
    failures = [error for bucket in manifest().buckets if (error := _revisit(bucket.name, told.event_id)) is not None]
    if failures:
        raise failures[0]


def consider(entry: Entry) -> None:
    """Plan for what an entry says of a bucket; what follows from our own change brings no new plan."""
    kind, _, name = entry.subject.partition("/")
    if kind != BUCKET:
        logger.info("ignored: only buckets are changed", subject=entry.subject)
        return
    is_judged = entry.kind == ResourceJudged.kind
    said = ResourceJudged.of(entry) if is_judged else None
    failing = {finding.control for finding in said.findings if finding.verdict == "fail"} if said else set()
    named = {str(entry.body.get("control"))} if entry.kind == "Remediation Refused" else set()
    is_own = said is not None and settings().did(said.principal)
    judged = entry.decision_id if is_judged else None
    revisit(name, failing | named, cause=entry.cause_of_next, judged=judged, is_own=is_own)


def revisit(name: str, controls: set[str], *, cause: Cause, judged: str | None, is_own: bool) -> None:
    """Plan for these controls of a bucket, and look again at those that a plan is open for."""
    resource = account().resource(catalogue.every_kind()[BUCKET], name)
    if name in settings().own_buckets:
        logger.info("ignored: a bucket of our own", bucket=name)
        return
    state = ledger().state(stream_of(resource.subject), FOLD)
    still_open = {control for control, held in state.held.items() if held.status in OPEN}
    on = {control.id: control for control in rules().controls(resource)}
    offers = {one for one in controls if one in on and on[one].remediation is not None}
    switched_on = {one for one in offers if manifest().remediation_mode(name, one) != "off"}
    for control in sorted(switched_on | still_open):
        step = partial(decided, resource=resource, control=on.get(control), name=control, judged=judged, is_own=is_own)
        entry = ledger().commit(stream_of(resource.subject), FOLD, step, cause=cause, now=clock.now())
        if entry is not None:
            logger.info("remediation", bucket=name, control=control, kind=entry.kind, outcome=entry.outcome)


def decided(
    state: RemediationState, *, resource: Resource, control: Control | None, name: str, judged: str | None, is_own: bool
) -> Decision | None:
    """Read the bucket after the head of the stream, and decide on one control."""
    held, now = state.held.get(name), clock.now()
    if control is None:
        return withdrawn(held, name, resource.subject, "the control does not hold for this bucket any more")
    readings = account().readings(resource, catalogue.every_kind()[BUCKET], now=now)
    try:
        seen = look(control, resource, readings, rules(), now=now)
    except GoneError as error:
        return withdrawn(held, name, resource.subject, str(error))
    except UnreadableError as error:
        logger.info("not planned: the state cannot be read", bucket=resource.name, control=name, reason=str(error))
        return None
    mode = manifest().remediation_mode(resource.name, name)
    return plan(state, seen, mode=mode, judged=judged, now=now, is_own=is_own)


def _revisit(name: str, event_id: str) -> GovernanceError | None:
    """Look again at what was found failing, and keep what stands in the way from holding up the other buckets."""
    try:
        found = ledger().state(stream_of_bucket(name), JUDGED).findings
        failing = {control for control, (verdict, _) in found.items() if verdict == "fail"}
        revisit(name, failing, cause=Cause(event_id, event_id), judged=None, is_own=False)
    except GovernanceError as error:
        logger.exception("not planned", bucket=name)
        return error
    return None
