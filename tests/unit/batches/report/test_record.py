"""What the reporter takes from the ledger and puts there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holdfast.batches.entries import BatchJudged, ObjectRead
from holdfast.batches.report.composed import composed
from holdfast.batches.report.document import Provenance, Report
from holdfast.batches.report.entries import ReportStored, StoredFile
from holdfast.batches.report.record import (
    assessment_of,
    decide,
    disagreement,
    key_of,
    locked_until,
    most_read,
    outcome_id,
    past,
    past_of_verdict,
    provenance,
)
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level, refused
from holdfast.ledger.contract import Cause, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.manifest import Model
from holdfast.shared.errors import IntegrityError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = StoredFile(uri="s3://reports/x", version_id="v", sha256="ab" * 32, size=10)


def assessment(level: Level = Level.DRIFT, effect: float = 0.2, columns: int = 1) -> BatchAssessment:
    """Give a verdict on a batch."""
    results = tuple(
        ColumnResult(name=f"c{number}", test="ks", n=9, effect=effect, p=0.0, threshold=0.05, level=level, detail="x")
        for number in range(columns)
    )
    return BatchAssessment(level=level, n=9, reason="why", tests=columns, columns=results)


def judged(
    key: str = "a", *, at: datetime = NOON, version: str = "v1", said: BatchAssessment | None = None
) -> BatchJudged:
    """Give a verdict as it is on record."""
    source = ObjectRead(bucket="ml", key=key, version_id=version, etag="e")
    return BatchJudged.measured(
        said or assessment(), source, model="bike", size=5, object_time=at, baseline="ef" * 32, waits_for=None
    )


def entry(body: Any, *, number: int = 1, at: datetime = NOON) -> Entry:
    """Put a body on record."""
    from holdfast.ledger.contract import Decision

    decision = Decision(body.kind, "bike", "x", "why", body, (str(number),))
    return append(decision, stream="s", after=Link(), author=Author("a", "m"), cause=Cause("c", "c"), now=at)


def stored(body: BatchJudged, effect: float = 0.2) -> Entry:
    """Put the report on a verdict on record."""
    remembered = past_of_verdict("cd" * 32, body, assessment(effect=effect), lower=())
    report = ReportStored(
        verdict="cd" * 32, model="bike", bucket="ml", past=remembered, page=FILE, twin=FILE, lock="GOVERNANCE",
        locked_until=NOON,
    )  # fmt: skip
    return entry(report, number=hash(body.key) % 1000)


def test_the_past_is_what_came_before_in_the_order_of_the_objects() -> None:
    days = [judged(f"{day}", at=NOON + timedelta(days=day)) for day in range(4)]
    shuffled = [stored(days[day]) for day in (3, 1, 0)]
    assert [one.key for one in past(shuffled, days[2])] == ["0", "1"]


def test_two_batches_of_one_second_are_ordered_by_their_keys() -> None:
    assert [one.key for one in past([stored(judged("b")), stored(judged("c"))], judged("bb"))] == ["b"]


def test_of_a_version_that_was_judged_again_only_the_last_verdict_counts_and_never_its_own() -> None:
    first, again = stored(judged("a"), effect=0.1), stored(judged("a"), effect=0.3)
    (found,) = past([again, first], judged("b"))
    assert found.effects == {"c0": 6.0}
    assert past([again, first], judged("a")) == ()


def test_the_history_is_bounded() -> None:
    many = [stored(judged(f"{day:03d}", at=NOON + timedelta(days=day))) for day in range(100)]
    found = past(reversed(many), judged("z", at=NOON + timedelta(days=200)))
    assert [one.key for one in found] == [f"{day:03d}" for day in range(40, 100)]


@pytest.mark.parametrize("samples", [(), ("alibi_ks", "alibi_cvm", "alibi_classifier")])
def test_sixty_batches_are_read_also_where_each_has_a_report_for_every_detector(samples: tuple[str, ...]) -> None:
    said = {"owner": "o", "batches": {"bucket": "ml-data", "prefix": "in/"}, "reference": "s3://ml-data/r.parquet"}
    model = Model.model_validate({**said, "drift": {"detectors": ["exact", *samples]}})
    many = [stored(judged(f"{day:03d}", at=NOON + timedelta(days=day))) for day in range(100)]
    reports = [report for report in many for _ in range(1 + len(samples))]
    read = reports[: -most_read(model) - 1 : -1]
    assert len(past(read, judged("z", at=NOON + timedelta(days=200)))) == 60
    assert most_read(None) <= most_read(model) <= 60 * (2 + len(samples))


def test_a_report_is_kept_under_its_verdict_whatever_the_batch_is_called() -> None:
    assert key_of(judged("../../etc/<x>"), "cd" * 32, "html") == f"bike/2026/03/02/{'cd' * 32}.html"


def test_the_lock_ends_at_the_same_time_however_late_the_report_is_stored_but_never_in_the_past() -> None:
    verdict = entry(judged())
    assert locked_until(verdict, retention_days=30, now=NOON) == NOON + timedelta(days=30)
    assert locked_until(verdict, retention_days=30, now=NOON + timedelta(days=9)) == NOON + timedelta(days=30)
    late = NOON + timedelta(days=60)
    assert locked_until(verdict, retention_days=30, now=late) == late + timedelta(days=1)


def test_all_columns_are_told_where_a_recount_agrees_and_those_on_record_where_it_does_not() -> None:
    body = judged(said=assessment(columns=70))
    verdict = entry(body)
    assert len(body.columns) == 60
    assert len(assessment_of(verdict, body, assessment(columns=70)).columns) == 70
    assert assessment_of(verdict, body, assessment(Level.NONE, columns=2)).columns == body.columns
    assert assessment_of(verdict, body, None).level is Level.DRIFT


def test_a_disagreement_says_whether_the_manifest_was_changed() -> None:
    body = judged()
    verdict = entry(body)
    assert disagreement(body, assessment(), verdict, "m") is None
    assert disagreement(body, None, verdict, "m") is None
    said = disagreement(body, refused("broken"), verdict, "m")
    assert said == "counted again this batch comes to quarantined, on record is drift"
    assert disagreement(body, refused("broken"), verdict, "other") == f"{said}; the manifest was changed since"


def test_every_part_of_a_batch_is_named_up_to_a_bound() -> None:
    parts = tuple(ObjectRead(bucket="ml", key=f"part-{number}", version_id="v", etag="e") for number in range(30))
    body = judged("_SUCCESS").model_copy(update={"parts": parts, "closed_by": "success"})
    told = provenance(entry(body), body, owner="team")
    assert (len(told.objects), told.objects_omitted) == (20, 10)
    assert told.objects[0].place == "s3://ml/part-0"


def test_an_outcome_is_one_for_one_verdict_and_holds_what_later_reports_need() -> None:
    body = judged()
    verdict = entry(body)
    now = past_of_verdict(verdict.decision_id, body, assessment(), lower=("c0",))
    report = composed(assessment(), provenance(verdict, body, owner=None), title="t", history=(now,))
    decision = decide(report, body, verdict=verdict.decision_id, page=FILE, twin=FILE, locked=NOON, lock="COMPLIANCE")
    assert decision.id == outcome_id(verdict.decision_id)
    assert (decision.outcome, decision.kind) == ("stored", "Report Stored")
    told = ReportStored.model_validate(decision.body.model_dump())
    assert (told.past.effects, told.past.lower, told.past.decision) == ({"c0": 4.0}, ("c0",), verdict.decision_id)


def test_a_report_on_another_verdict_is_never_recorded_as_this_ones() -> None:
    report = composed(assessment(), Provenance(decision="ab" * 32), title="t")
    assert isinstance(report, Report)
    with pytest.raises(IntegrityError, match="is on decision abab"):
        decide(report, judged(), verdict="cd" * 32, page=FILE, twin=FILE, locked=NOON, lock="GOVERNANCE")
