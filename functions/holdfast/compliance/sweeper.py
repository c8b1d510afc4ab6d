"""Entry point: a timer ticked or the account changed, so tell the judge of every resource there is."""

import os
from collections.abc import Iterable, Iterator
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance import catalogue, sweep
from holdfast.compliance.adapter import Account
from holdfast.compliance.contract import SweepDue
from holdfast.compliance.doors import Ignored
from holdfast.compliance.kind import Kind
from holdfast.compliance.rulebook import Governed
from holdfast.compliance.settings import SweeperSettings
from holdfast.ledger.adapter import EVERY_SHARD, Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared.clock import now
from holdfast.shared.sending import Outgoing

DOMAIN = "compliance"
logger = Logger(service="compliance-sweep")


@cache
def settings() -> SweeperSettings:
    """Read where to send once per execution environment."""
    return SweeperSettings.load(os.environ)


@cache
def account() -> Account:
    """Name the account once per execution environment."""
    return Account(settings().account, settings().region, partition=settings().partition, waivers=manifest().waivers)


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
    """Read what is watched once per execution environment."""
    return Governed(manifest())


@cache
def judge_queue() -> Outgoing:
    """Open the judge's queue once per execution environment."""
    return Outgoing.connect(settings().look_queue_url)


@cache
def own_queue() -> Outgoing:
    """Open the queue of our own errands once per execution environment."""
    return Outgoing.connect(settings().sweep_queue_url)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Part what is due into errands, or run one of them."""
    if "sweep" in message.body:
        run(SweepDue.receive(message.body))
        return
    found = sweep.due(
        message.body, catalogue.every_kind(), concerns=rules().concerns, account=settings().account,
        message_id=message.id,
    )  # fmt: skip
    if isinstance(found, Ignored):
        logger.info("event ignored", event_name=found.what, reason=found.reason)
        return
    own_queue().send(map(sweep.errand, found))
    logger.info("sweep begun", errands=len(found))


def run(due: SweepDue) -> None:
    """Run an errand; told twice it is no harm, and what is left of it is passed on at its end."""
    if due.kind is None:
        found = sweep.on_record(ledger().open_subjects(DOMAIN), lambda kind, _: not rules().concerns(kind))
        logger.info("what is not watched swept", sent=tell(due, found))
    elif (kind := catalogue.every_kind().get(due.kind)) is None:
        logger.info("event ignored", event_name="sweep", reason=f"there is no kind {due.kind!r} of resource any more")
    elif due.shards is not None:
        tell(due, sweep.on_record(ledger().open_subjects(DOMAIN, f"{kind.id}/", shards=due.shards), lambda *_: True))
    else:
        sweep_kind(due, kind)


def sweep_kind(due: SweepDue, kind: Kind) -> None:
    """Tell the judge of what AWS lists of a kind, and of what is on record of it and listed no more."""
    seen: set[str] = set()
    listing = account().listing(kind, now=now(), most=sweep.MOST_LISTED, after=due.after)
    sent = tell(due, ((kind.id, name) for name in _watched(kind, listing, seen)))
    left = list(sweep.later(due, following=listing.following, shards=EVERY_SHARD))
    if not left:
        subjects = ledger().open_subjects(DOMAIN, f"{kind.id}/")
        sent += tell(due, sweep.on_record(subjects, lambda _, name: name not in seen))
    own_queue().send(map(sweep.errand, left))
    logger.info("kind swept", kind=kind.id, sent=sent, is_complete=not left)


def tell(due: SweepDue, found: Iterable[sweep.Pair]) -> int:
    """Send looks at once, and where a change must spread first, later once more."""
    looks = (sweep.look(kind, name, cause=due.cause) for kind, name in found)
    if not due.is_twice:
        return judge_queue().send(looks)
    twice = list(looks)
    return judge_queue().send(twice) + judge_queue().send(twice, delay_seconds=sweep.AGAIN_AFTER_SECONDS)


def _watched(kind: Kind, names: Iterable[str], seen: set[str]) -> Iterator[str]:
    """Give the names that may be watched; which tags they bear is for the judge to see."""
    for name in names:
        if rules().watches(account().resource(kind, name), lambda: None):
            seen.add(name)
            yield name
