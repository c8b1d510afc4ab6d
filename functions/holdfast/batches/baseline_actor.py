"""Entry point: a baseline was asked for, or a run closed well, so build one and bring it into force."""

import os
from functools import cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches.adapter import Denied, ObjectStore, Opened
from holdfast.batches.announced import Announced
from holdfast.batches.baseline_adapter import BaselineStore
from holdfast.batches.baseline_order import Built, Order, UnbuildableError, order_of, outcome, spread
from holdfast.batches.baselines import BASELINES, answer, is_open, stream_of
from holdfast.batches.entries import BatchJudged, ObjectRead
from holdfast.batches.gathering import Gatherer
from holdfast.batches.logic import BATCH, BatchState, Described, Subject
from holdfast.batches.parts import Unusable, object_of
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.seasons import Season
from holdfast.batches.settings import BaselineSettings
from holdfast.batches.sweep import is_batch
from holdfast.batches.verdict import Level
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock

logger = Logger(service="batch-baseline")


@cache
def settings() -> BaselineSettings:
    """Read whose objects these are once per execution environment."""
    return BaselineSettings.load(os.environ)


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@cache
def objects() -> ObjectStore:
    """Open S3 once per execution environment."""
    return ObjectStore.connect(settings().account)


@cache
def baselines() -> BaselineStore:
    """Open the state bucket once per execution environment."""
    return BaselineStore.connect(settings().state_bucket, settings().account)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Build what a request or a closed run asks for, unless that has its answer."""
    asked = Announced.receive(message.body).entry(ledger())
    stream = stream_of(asked.subject)
    if not is_open(ledger().state(stream, BASELINES), asked):
        logger.info("ignored: nothing to build, or built already", kind=asked.kind, decision_id=asked.decision_id)
        return
    order = order_of(asked)
    body, reason = outcome(order, _build(order))
    step = partial(answer, body=body, reason=reason)
    entry = ledger().commit(stream, BASELINES, step, cause=asked.cause_of_next, now=clock.now())
    logger.info("baseline answered", model=order.model, outcome=body.kind, reason=reason, is_news=entry is not None)


def _build(asked: Order) -> Built | Unusable:
    """Build and store a baseline of the sources that may enter one, or say why there is none."""
    try:
        order = _found(asked)
        taken = _take(order)
        built = read_baseline([NamedSource(source.key, data) for source, data in taken.items()])
    except UnbuildableError as error:
        return Unusable(str(error), error.waits_for)
    except (Unreadable, BeyondLimits) as error:
        return Unusable(str(error))
    if not built.rows:
        return Unusable("the objects it would be built of hold no rows")
    data = built.to_bytes()
    sha256, uri = baselines().put(data)
    return Built(sha256, uri, built.rows, len(data), tuple(taken), order.left_out + len(order.sources) - len(taken))


def _found(order: Order) -> Order:
    """Give an order the objects it is built of: the batches of its season, or the parts of the batches of a run."""
    if order.is_reference:
        return order
    batches = order.sources if order.season is None else _of_season(order.model, order.season)
    wanted = [source for source in batches if not _state(order.model, source).is_quarantined]
    found = [_objects(order.model, source) for source in wanted]
    left_out = len(batches) - sum(map(bool, found))
    return order.of([each for objects in found for each in objects], left_out=left_out)


def _of_season(model: str, season: Season) -> list[ObjectRead]:
    """List the batches of a season that were accepted, or never judged, which those before the watch were not."""
    if model not in manifest().models:
        return []
    source = manifest().models[model].batches
    pages = objects().versions(source.bucket, source.prefix)
    listed = [one for page in pages for one in page.versions if season.covers(one.modified) and is_batch(one, source)]
    named = [object_of(one) for one in spread(sorted(listed, key=lambda one: (one.modified, one.key)))]
    return [one for one in named if _state(model, one).level != Level.UNKNOWN]


def _objects(model: str, source: ObjectRead) -> tuple[ObjectRead, ...]:
    """Give what holds a batch's rows: exactly what was judged, or else its parts as they stand; nothing if it is gone.

    Raises `UnbuildableError` if we may not look at it: a baseline without it would be another than was asked for.
    """
    state = _state(model, source)
    verdict = None if state.verdict is None else ledger().entry(state.verdict)
    if verdict is not None:
        return BatchJudged.of(verdict).objects
    governed = manifest().models.get(model)
    if governed is None or governed.batches.closed_by == "object":
        return (source,)
    opened = objects().open(source)
    found = Gatherer(objects()).parts(opened, governed.batches) if isinstance(opened, Opened) else opened
    if isinstance(found, Denied) or (isinstance(found, Unusable) and found.waits_for == "permission"):
        raise UnbuildableError(found.reason, "permission")
    return found.parts if isinstance(found, Described) else ()


def _take(order: Order) -> dict[ObjectRead, bytes]:
    """Fetch what the baseline is built of; raises `UnbuildableError` if that cannot be had."""
    taken: dict[ObjectRead, bytes] = {}
    for source in order.sources:
        opened = objects().open(source)
        if isinstance(opened, Opened):
            order.check(opened.described, beside=sum(len(data) for data in taken.values()))
            taken[opened.described.source] = opened.read()
        elif order.is_reference or isinstance(opened, Denied):
            raise UnbuildableError(opened.reason, "permission" if isinstance(opened, Denied) else None)
    if not taken:
        raise UnbuildableError("none of the objects it would be built of may be used")
    return taken


def _state(model: str, source: ObjectRead) -> BatchState:
    return ledger().state(Subject(model, source.bucket, source.key, source.version_id).stream, BATCH)
