"""Entry point: a timer ticked or a baseline came into force, so look for versions that wait for a verdict."""

import os
from datetime import datetime, timedelta
from functools import cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches import baselines, due, sweep
from holdfast.batches.adapter import ObjectStore
from holdfast.batches.announced import Announced, Told
from holdfast.batches.baselines import BASELINES
from holdfast.batches.due import Seen
from holdfast.batches.entries import BaselineActivated
from holdfast.batches.listing import Listed
from holdfast.batches.logic import BATCH, BatchState, Subject
from holdfast.batches.seasons import Season, season_of
from holdfast.batches.settings import SweeperSettings
from holdfast.batches.sweep import MOST_SENT, WATCH, Search, WatchState
from holdfast.batches.sweep_adapter import JudgeQueue
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, LedgerSettings
from holdfast.manifest import Manifest, Model
from holdfast.shared import clock
from holdfast.shared.errors import GovernanceError

LEAST_TIME_LEFT_MS = 20_000
logger = Logger(service="batch-sweep")


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@cache
def account() -> str:
    """Read whose buckets these are once per execution environment."""
    return SweeperSettings.load(os.environ).account


@cache
def store() -> ObjectStore:
    """Open S3 once per execution environment."""
    return ObjectStore.connect(account())


@cache
def judge_queue() -> JudgeQueue:
    """Open the judge's queue once per execution environment."""
    return JudgeQueue.connect(SweeperSettings.load(os.environ).batch_queue_url)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Sweep every model on a tick, or the whole prefix of the one whose baseline came into force."""
    told, now = Told.receive(message.body), clock.now()
    if told.detail_type == Told.TICK:
        _sweep_all(told.cause, now=now, context=context)
        return
    activated = Announced.receive(message.body).entry(ledger())
    body = BaselineActivated.of(activated)
    name = body.model
    if body.season is not None:
        logger.info("ignored: a season's baseline, for which nothing waits", model=name)
        return
    if name not in manifest().models:
        logger.info("ignored: the model is governed no more", model=name)
        return
    _sweep(name, cause=activated.cause_of_next, now=now, context=context, is_whole=True)


def _sweep_all(cause: Cause, *, now: datetime, context: LambdaContext) -> None:
    """Sweep the models in turn; one that cannot be swept does not keep the others from it."""
    failures: list[GovernanceError] = []
    for name in sweep.in_turn(manifest().models, now=now):
        if context.get_remaining_time_in_millis() < LEAST_TIME_LEFT_MS:
            logger.warning("the sweep ran out of time", next_model=name)
            break
        try:
            _sweep(name, cause=cause, now=now, context=context)
        except GovernanceError as error:
            logger.exception("prefix not swept", model=name)
            failures.append(error)
    if failures:
        raise failures[0]


def _sweep(name: str, *, cause: Cause, now: datetime, context: LambdaContext, is_whole: bool = False) -> None:
    """Tell the judge of what one model's prefix holds without a verdict, as far as the bound."""
    source, sent = manifest().models[name].batches, 0
    has_baseline, watch = _baseline(name, cause=cause, now=now), _watch(name, cause=cause, now=now)
    after = None if is_whole else watch.marker
    is_whole = is_whole or watch.is_whole
    search = Search(source, sweep.since(source, watch, now=now), now, has_baseline, is_whole)
    expected = sweep.expected_since(source, watch, now=now)
    seen = Seen.going_on(watch, after, bucket=source.bucket, since=expected, now=now)
    for page in store().versions(source.bucket, source.prefix, after=after):
        waiting = [one for one in page.versions if search.regards(one) and search.wants(one, _state(name, one))]
        judge_queue().send([sweep.as_event(one, account=account(), event_id=cause.id, now=now) for one in waiting])
        sent, seen = sent + len(waiting), seen if source.due is None else seen.with_page(page.versions, source)
        if page.following and _is_enough(sent, context):
            break
    _due(name, seen.ended(page.following), cause=cause, now=now)
    left = seen.kept()
    place = partial(
        sweep.pause, model=name, marker=page.following, is_whole=is_whole, came=left.told(), is_cut=left.is_cut,
        began_at=None if source.due is None else left.began_at,
    )  # fmt: skip
    ledger().commit(sweep.stream_of(name), WATCH, place, cause=cause, now=now)
    logger.info("prefix swept", model=name, sent=sent, is_complete=page.following is None)


def _due(name: str, seen: Seen, *, cause: Cause, now: datetime) -> None:
    """Record what came since the last sweep, and each deadline by which nothing did."""
    source = manifest().models[name].batches
    if source.due is None:
        return
    stream = sweep.stream_of(name)
    come = partial(due.awaited, seen=seen, model=name, due=source.due)
    ledger().commit(stream, WATCH, come, cause=cause, now=now)
    look = partial(due.missed, seen=seen, model=name, source=source, now=now)
    while (entry := ledger().commit(stream, WATCH, look, cause=cause, now=now)) is not None:
        logger.warning("a batch is missing", model=name, reason=entry.reason)


def _baseline(name: str, *, cause: Cause, now: datetime) -> bool:
    """Ask for a baseline where one is wanted, and a day ahead for a season's; tell whether the model's is in force."""
    stream, model = baselines.stream_of(name), manifest().models[name]
    ask = partial(baselines.request, model=name, reference=model.reference, now=now)
    ledger().commit(stream, BASELINES, ask, cause=cause, now=now)
    for season in _seasons(model, now=now):
        early = partial(baselines.request_season, model=name, reference=model.reference, season=season, now=now)
        ledger().commit(stream, BASELINES, early, cause=cause, now=now)
    return ledger().state(stream, BASELINES).active is not None


def _seasons(model: Model, *, now: datetime) -> list[Season]:
    days = (now, now + timedelta(days=1))
    return [] if model.seasonal is None else [season_of(day, model.seasonal.same) for day in days]


def _watch(name: str, *, cause: Cause, now: datetime) -> WatchState:
    """Start to watch a prefix if it is not watched yet."""
    begin = partial(sweep.start, model=name, source=manifest().models[name].batches)
    ledger().commit(sweep.stream_of(name), WATCH, begin, cause=cause, now=now)
    return ledger().state(sweep.stream_of(name), WATCH)


def _state(model: str, version: Listed) -> BatchState:
    return ledger().state(Subject(model, version.bucket, version.key, version.version_id).stream, BATCH)


def _is_enough(sent: int, context: LambdaContext) -> bool:
    return sent >= MOST_SENT or context.get_remaining_time_in_millis() < LEAST_TIME_LEFT_MS
