"""A bucket changed: record what its controls say of it now."""

import os
from functools import cache, partial

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance import controls
from holdfast.compliance.adapter import BucketAdapter
from holdfast.compliance.contract import BucketChanged
from holdfast.compliance.control import Control
from holdfast.compliance.logic import FOLD, BucketState, decide, ignored
from holdfast.compliance.settings import ComplianceSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Decision, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared.catalogue import discover
from holdfast.shared.clock import now
from holdfast.shared.errors import TransientError
from holdfast.shared.queue import Message, each_message

CONTROLS = tuple(discover(controls, Control).values())
LOOKS = 5
logger = Logger(service="bucket-compliance")


@cache
def adapter() -> BucketAdapter:
    """Build the clients once per execution environment."""
    return BucketAdapter.connect(ComplianceSettings.load(os.environ))


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Judge the live state of the bucket an event names, and record what is news of it."""
    changed = BucketChanged.receive(message.body)
    if (reason := ignored(changed, account=adapter().account, watches=manifest().watches)) is not None:
        logger.info("event ignored", event_name=changed.name, reason=reason)
        return
    cause = changed.event_id or message.id
    record(changed.subject, Cause(cause, cause))


def record(bucket: str, cause: Cause) -> None:
    """Look and record until a look brings nothing new: whoever wrote last has then seen the bucket's latest state."""
    for _ in range(LOOKS):
        entry = ledger().commit(f"compliance#{bucket}", FOLD, partial(look, bucket=bucket), cause=cause, now=now())
        if entry is None:
            return
        logger.info("bucket judged", bucket=bucket, outcome=entry.outcome, changed=len(entry.body["changed"]))
    raise TransientError(f"bucket {bucket} changed {LOOKS} times while it was judged: look again later")


def look(state: BucketState, *, bucket: str) -> Decision | None:
    """Read the bucket and decide; reading after the head makes every entry newer than the one before it."""
    return decide(state, bucket=bucket, readings=adapter().readings(bucket, CONTROLS), controls=CONTROLS)
