"""Entry point: a batch was judged, so write the report on it and store it under lock."""

import os
from collections.abc import Sequence
from functools import cache, lru_cache, partial

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches.adapter import ObjectStore
from holdfast.batches.announced import Announced
from holdfast.batches.baseline_adapter import BaselineStore
from holdfast.batches.entries import BatchJudged
from holdfast.batches.examination import BatchExamined, spoken
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.recount import Recounter
from holdfast.batches.report.document import Report
from holdfast.batches.report.html import page
from holdfast.batches.report.record import (
    REPORTS,
    Heard,
    decide,
    key_of,
    locked_until,
    most_read,
    outcome_id,
    past,
    stream_of,
    written,
)
from holdfast.batches.report_adapter import ReportStore
from holdfast.batches.settings import ReporterSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.errors import ConfigurationError

LEAST_TIME_LEFT_MS = 20_000
logger = Logger(service="batch-reporter")


@cache
def settings() -> ReporterSettings:
    """Read whose objects these are once per execution environment."""
    return ReporterSettings.load(os.environ)


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


@lru_cache(maxsize=4)
def baseline(sha256: str) -> Baseline:
    """Fetch and prove a baseline once per execution environment."""
    stored = BaselineStore.connect(settings().state_bucket, settings().account)
    return Baseline.from_bytes(stored.get(sha256))


@cache
def reports() -> ReportStore:
    """Open the bucket of reports once per execution environment."""
    return ReportStore.connect(settings())


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """Write and store the report on a verdict and on all that was said beside it by now, unless it is on record."""
    told = Announced.receive(message.body).entry(ledger())
    verdict = _verdict(told)
    judged, model = BatchJudged.of(verdict), manifest().models.get(verdict.subject)
    heard = None if told is verdict and _is_reported(verdict) else Heard.of(_spoken(verdict), judged, model)
    if heard is None or _is_reported(verdict, heard.ids):
        logger.info("reported already", verdict=verdict.decision_id)
        return
    expired = partial(_has_expired, context)
    recount = Recounter(objects(), ledger(), baseline).recount(verdict, judged, model, expired=expired)
    before = past(ledger().latest(stream_of(judged.model), most_read(model)), judged)
    owner = None if model is None else model.owner
    report = written(verdict, judged, recount, before=before, owner=owner, manifest=manifest().digest, heard=heard)
    entry = _stored(verdict, judged, report)
    say = logger.error if report.disagrees else logger.info
    say("batch reported", model=judged.model, verdict=verdict.decision_id, is_news=entry is not None)


def _verdict(told: Entry) -> Entry:
    """Give the verdict itself, or the one that an examination is about; raises where that is not on record."""
    if told.kind != BatchExamined.kind:
        return told
    named = BatchExamined.of(told).verdict
    verdict = ledger().entry(named)
    if verdict is None:
        raise ConfigurationError(f"decision {told.decision_id} examines {named}, which is not in the ledger")
    return verdict


def _spoken(verdict: Entry) -> tuple[Entry, ...]:
    """Read what was said beside a verdict: in the stream of its batch, which only grows."""
    return spoken(ledger().entries(verdict.stream), verdict.decision_id)


def _is_reported(verdict: Entry, examinations: Sequence[str] = ()) -> bool:
    return ledger().entry(outcome_id(verdict.decision_id, examinations)) is not None


def _has_expired(context: LambdaContext) -> bool:
    return context.get_remaining_time_in_millis() < LEAST_TIME_LEFT_MS


def _stored(verdict: Entry, judged: BatchJudged, report: Report) -> Entry | None:
    """Store the twin, then the page drawn from the twin that is stored: whoever was first, the two are of one piece."""
    now = clock.now()
    until = locked_until(verdict, retention_days=settings().retention_days, now=now)
    name = partial(key_of, judged, verdict.decision_id, examinations=len(report.examinations))
    place = {ending: name(ending) for ending in ("json", "html")}
    twin = reports().keep(place["json"], report.to_bytes(), content_type="application/json", until=until)
    stored = Report.read(twin.data)
    drawn = reports().keep(place["html"], page(stored), content_type="text/html; charset=utf-8", until=until)
    decision = decide(
        stored, judged, verdict=verdict.decision_id, page=drawn.file, twin=twin.file, locked=until,
        lock=settings().lock_mode,
    )  # fmt: skip
    stream, cause = stream_of(judged.model), verdict.cause_of_next
    return ledger().commit(stream, REPORTS, lambda _: decision, cause=cause, now=now)
