"""What the actor that stores reports reads from the ledger, and what it puts there: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from holdfast.batches.detection import SAMPLE
from holdfast.batches.entries import BatchJudged
from holdfast.batches.examination import USABLE, BatchExamined
from holdfast.batches.judgement import catalogue
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.report.composed import composed
from holdfast.batches.report.document import (
    MOST_EXAMINED,
    MOST_PAST,
    Examination,
    ObjectShown,
    Provenance,
    Report,
)
from holdfast.batches.report.entries import ReportStored, StoredFile
from holdfast.batches.schema import SCHEMA, SchemaState
from holdfast.batches.verdict import BatchAssessment, Level
from holdfast.batches.why.explained import explain
from holdfast.batches.why.history import Past, past_of, remembered
from holdfast.ledger.contract import Decision, Entry, Fold, identify
from holdfast.ledger.logic import refold
from holdfast.manifest import Model
from holdfast.shared.errors import IntegrityError

MOST_OBJECTS = 20
COUNTED = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT, Level.NOT_ENOUGH_DATA})
"""Only of these a report shows how values are spread: what was refused or not judged is not read again."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What came of reading a batch again; without counts it says why there are none."""

    baseline: Baseline | None = None
    counts: Counts | None = None
    assessment: BatchAssessment | None = None
    contract_version: int | None = None
    note: str | None = None


class Reports(BaseModel):
    """How many reports of a model are stored."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    stored: int = 0


def evolve(state: Reports, entry: Entry) -> Reports:
    """Count a report."""
    return Reports(stored=state.stored + (entry.kind == ReportStored.kind))


REPORTS = Fold(Reports, 1, evolve)


def stream_of(model: str) -> str:
    """Name the stream of a model's reports."""
    return f"reports#{model}"


def outcome_id(verdict: str, examinations: Sequence[str] = ()) -> str:
    """Give the decision id that the report on a verdict, and on what was said beside it, has."""
    return identify(ReportStored.kind, verdict, *examinations)


def key_of(judged: BatchJudged, verdict: str, ending: str, *, examinations: int = 0) -> str:
    """Name a report's file: one place for one verdict and so many examinations, whatever the batch's key holds.

    A stream only grows, so that the first so many are always the same.
    """
    edition = f"-{examinations}" if examinations else ""
    return f"{judged.model}/{judged.object_time:%Y/%m/%d}/{verdict}{edition}.{ending}"


def most_read(model: Model | None) -> int:
    """Say how many entries to read so that the last 60 batches are among them.

    Some were judged again, and each detector on samples may have had one more report on each of them written.
    """
    return MOST_PAST * (2 + len(_on_samples(model)))


def _on_samples(model: Model | None) -> list[str]:
    named = [] if model is None else [one.name for one in model.drift.choices]
    return [name for name in named if catalogue()[name].kind == SAMPLE]


@dataclass(frozen=True, slots=True)
class Heard:
    """What detectors on samples said of a verdict's batch, in the order in which they did, and who has yet to."""

    entries: tuple[Entry, ...] = ()
    awaited: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Sequence[Entry], judged: BatchJudged, model: Model | None) -> "Heard":
        """Hold what was said against the detectors that the manifest names."""
        entries = tuple(entries)[:MOST_EXAMINED]
        spoke = {entry.body.get("detector") for entry in entries}
        is_examined = judged.level in USABLE and judged.baseline is not None
        silent = (name for name in _on_samples(model) if is_examined and name not in spoke)
        return cls(entries, tuple(silent)[:MOST_EXAMINED])

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the decisions that were heard."""
        return tuple(entry.decision_id for entry in self.entries)

    def shown(self) -> tuple[Examination, ...]:
        """Give what a report shows of them."""
        return tuple(map(examination, self.entries))


def examination(entry: Entry) -> Examination:
    """Show what one detector said, as it is on record."""
    body = BatchExamined.of(entry)
    told = {name: said if isinstance(said, str | int | float) else str(said) for name, said in body.arguments.items()}
    return Examination(
        **body.model_dump(include={"detector", "level", "n", "tests"}), columns=body.columns, arguments=told,
        reason=entry.reason.removeprefix(f"{body.detector}: "), reference_n=body.sample_rows,
        columns_omitted=body.columns_omitted + body.columns_left_out, decision=entry.decision_id,
    )  # fmt: skip


def locked_until(verdict: Entry, *, retention_days: int, now: datetime) -> datetime:
    """Give the end of a report's lock: the same however often it is stored, and never past."""
    return max(verdict.recorded_at + timedelta(days=retention_days), now + timedelta(days=1)).replace(microsecond=0)


def assessment_of(verdict: Entry, judged: BatchJudged, recounted: BatchAssessment | None) -> BatchAssessment:
    """Give the verdict on record, with all columns where a recount came to the same level."""
    agrees = recounted is not None and recounted.level == judged.level
    columns = recounted.columns if recounted is not None and agrees else judged.columns
    return BatchAssessment.model_construct(
        level=judged.level, n=judged.n, reason=verdict.reason, detector=judged.detector, tests=judged.tests,
        score=judged.score, columns=columns,
    )  # fmt: skip


def contracts(changes: Sequence[Entry], verdict: Entry) -> list[SchemaState]:
    """Give what the model's contract had taken in when a verdict was taken; then, as another judge may have been
    changing it at that very time, what it has taken in since.
    """

    def is_before(change: Entry) -> bool:
        own = change.recorded_at == verdict.recorded_at and change.cause == verdict.decision_id
        return change.recorded_at <= verdict.recorded_at and not own

    then, now = refold(filter(is_before, changes), SCHEMA), refold(changes, SCHEMA)
    return [then] if then == now else [then, now]


def disagreement(judged: BatchJudged, recounted: BatchAssessment | None, verdict: Entry, manifest: str) -> str | None:
    """Say how a recount of the very same objects against the same baseline departs from the verdict on record."""
    if recounted is None or recounted.level == judged.level:
        return None
    why = "" if verdict.manifest == manifest else "; the manifest was changed since"
    return f"counted again this batch comes to {recounted.level}, on record is {judged.level}{why}"


def provenance(
    verdict: Entry, judged: BatchJudged, *, owner: str | None, contract_version: int | None = None
) -> Provenance:
    """Say where the verdict comes from."""
    objects = judged.objects[:MOST_OBJECTS]
    sizes = [judged.size] if len(judged.objects) == 1 else [None] * len(objects)
    shown = [
        ObjectShown(place=f"s3://{one.bucket}/{one.key}", version_id=one.version_id, etag=one.etag, size=size)
        for one, size in zip(objects, sizes, strict=True)
    ]
    return Provenance(
        model=judged.model, owner=owner, objects=tuple(shown), objects_omitted=len(judged.objects) - len(shown),
        object_time=judged.object_time, judged_at=verdict.recorded_at, decision=verdict.decision_id,
        baseline=judged.baseline, manifest=verdict.manifest, detector=judged.detector, season=judged.season,
        contract_version=contract_version,
    )  # fmt: skip


def past(entries: Iterable[Entry], judged: BatchJudged) -> tuple[Past, ...]:
    """Give what was stored of the batches before one in the order of their objects, late ones too.

    Entries come newest first: of a version that was judged again only the last verdict counts.
    """
    latest: dict[tuple[str, str, str], Past] = {}
    for entry in entries:
        if entry.kind == ReportStored.kind:
            body = ReportStored.of(entry)
            latest.setdefault((body.bucket, body.past.key, body.past.version_id), body.past)
    latest.pop((judged.bucket, judged.key, judged.version_id), None)
    place = (judged.object_time, judged.key)
    return remembered(one for one in latest.values() if (one.object_time, one.key) < place)


def past_of_verdict(
    verdict: str, judged: BatchJudged, told: BatchAssessment, *, lower: Iterable[str] = (), higher: Iterable[str] = ()
) -> Past:
    """Take from a verdict what the reports on later batches need of it."""
    return past_of(
        told, key=judged.key, object_time=judged.object_time, version_id=judged.version_id, decision=verdict,
        lower=lower, higher=higher,
    )  # fmt: skip


def written(
    verdict: Entry, judged: BatchJudged, recount: Recount, *, before: Sequence[Past], owner: str | None, manifest: str,
    heard: Heard | None = None,
) -> Report:  # fmt: skip
    """Write the report on a verdict as it is on record, with what a recount shows of it and others said."""
    heard = heard or Heard()
    assessment = assessment_of(verdict, judged, recount.assessment)
    departs = disagreement(judged, recount.assessment, verdict, manifest)
    explanation = None
    if recount.baseline is not None and recount.counts is not None:
        explanation = explain(recount.baseline, recount.counts, assessment, past=before)
    lower, higher = ((), ()) if explanation is None else (explanation.lower, explanation.higher)
    this = past_of_verdict(verdict.decision_id, judged, assessment, lower=lower, higher=higher)
    return composed(
        assessment, provenance(verdict, judged, owner=owner, contract_version=recount.contract_version),
        title=f"{judged.model} · {judged.key.rsplit('/', 1)[-1]}", baseline=recount.baseline, counts=recount.counts,
        explanation=explanation, history=(*before, this), waits_for=judged.waits_for, warning=departs or recount.note,
        disagrees=departs is not None, examinations=heard.shown(), awaited=heard.awaited,
    )  # fmt: skip


def decide(
    report: Report, judged: BatchJudged, *, verdict: str, page: StoredFile, twin: StoredFile, locked: datetime,
    lock: Literal["GOVERNANCE", "COMPLIANCE"],
) -> Decision:  # fmt: skip
    """Record that a report is stored, and loudly if it does not bear the verdict out."""
    if report.past is None or report.provenance.decision != verdict:
        raise IntegrityError(f"the report stored for {verdict} is on decision {report.provenance.decision}")
    examinations = tuple(one.decision for one in report.examinations)
    body = ReportStored(
        verdict=verdict, model=judged.model, bucket=judged.bucket, past=report.past, page=page, twin=twin, lock=lock,
        locked_until=locked, note=report.warning, examinations=examinations,
    )  # fmt: skip
    outcome = "disagrees" if report.disagrees else "stored"
    beside = f" and what {', '.join(one.detector for one in report.examinations)} said" if examinations else ""
    said = f"report of {page.size:,} bytes on the verdict{beside}, locked until {locked:%Y-%m-%d}"
    reason = said if report.warning is None else f"{said}: {report.warning}"
    return Decision(body.kind, judged.model, outcome, reason[:1000], body, (verdict, *examinations))
