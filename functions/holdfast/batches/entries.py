"""What this domain puts on record."""

from typing import ClassVar, Literal, Self

from pydantic import AwareDatetime, Field

from holdfast.batches.policy import ClosedBy
from holdfast.batches.verdict import NAME_LENGTH, BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import SHA256, DecisionId, OnRecord
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Emitted

NO_VERSION = "null"
MOST_COLUMNS = 60
MOST_SOURCES = 400
MOST_PARTS = 200
MOST_ADDED = 50
MOST_EVOLVED = 400
MOST_REASON = 300
WaitsFor = Literal["baseline", "permission", "parts", "service", "support"]
"""What an unknown verdict lacks: a baseline to hold the batch against, the right to read it, parts that it names, a
service that answers, a way to judge it."""


def stream_of_batch(model: str, bucket: str, key: str, version_id: str) -> str:
    """Name the stream of all that is decided about one version of an object, as a batch of a model."""
    return f"batches#{model}/{bucket}/{key}@{version_id}"


class ObjectRead(Emitted):
    """An object, exactly as it was read; `version_id` is `null` where the bucket keeps no versions."""

    bucket: str
    key: str
    version_id: str
    etag: str | None


class ColumnAdded(Emitted):
    """A column that a contract took in, with its Arrow type."""

    name: str = Field(max_length=NAME_LENGTH)
    type: str = Field(max_length=60)


class SchemaEvolved(OnRecord):
    """A model's contract took the new columns of a batch in, as optional ones; `fingerprints` tells them from others.

    `settled` names, by fingerprint too, those that the baseline in force has come to hold and that need no memory.
    """

    kind: ClassVar[str] = "Schema Evolved"
    model: str
    version: int = Field(ge=2)
    baseline: DecisionId
    source: ObjectRead
    columns: tuple[ColumnAdded, ...] = Field(min_length=1, max_length=MOST_ADDED)
    columns_omitted: int = Field(ge=0)
    fingerprints: dict[str, str] = Field(min_length=1, max_length=MOST_EVOLVED)
    settled: tuple[str, ...] = Field(max_length=MOST_EVOLVED)


class BatchJudged(OnRecord):
    """What one version of an object is worth as a batch of one model; `held_by`: what its bucket must obey first.

    Where the object only closes a batch, `parts` are what the batch is made of. A batch held against a season's
    baseline names the season, and in `era` the baseline of the model itself that was in force at that moment.
    `evolution` is what the verdict asks of the model's contract, so that a judge that died can be finished by another.
    """

    kind: ClassVar[str] = "Batch Judged"
    model: str
    bucket: str
    key: str
    version_id: str
    etag: str | None
    size: int | None = Field(ge=0)
    object_time: AwareDatetime
    baseline: DecisionId | None
    detector: str
    level: Level
    n: int = Field(ge=0)
    tests: int = Field(ge=0)
    columns: tuple[ColumnResult, ...] = Field(max_length=MOST_COLUMNS)
    columns_omitted: int = Field(ge=0)
    waits_for: WaitsFor | None
    held_by: tuple[str, ...] = ()
    score: float | None = Field(default=None, ge=0, le=1)
    closed_by: ClosedBy = "object"
    parts: tuple[ObjectRead, ...] = Field(default=(), max_length=MOST_PARTS)
    season: str | None = None
    era: DecisionId | None = None
    evolution: SchemaEvolved | None = None

    @classmethod
    def measured(
        cls,
        assessment: BatchAssessment,
        source: ObjectRead,
        *,
        model: str,
        size: int | None,
        object_time: AwareDatetime,
        baseline: str | None,
        waits_for: WaitsFor | None,
        closed_by: ClosedBy = "object",
        parts: tuple[ObjectRead, ...] = (),
    ) -> Self:
        """Keep what the ledger can hold of an assessment: the worst columns in full, the rest counted."""
        return cls(
            model=model,
            **source.model_dump(exclude={"schema_version"}),
            size=size,
            object_time=object_time,
            baseline=baseline,
            detector=assessment.detector,
            level=assessment.level,
            n=assessment.n,
            tests=assessment.tests,
            columns=assessment.shortened(MOST_COLUMNS).columns,
            columns_omitted=max(0, len(assessment.columns) - MOST_COLUMNS),
            waits_for=waits_for,
            score=assessment.score,
            closed_by=closed_by,
            parts=parts,
        )

    def within(self, most_bytes: int) -> Self:
        """Leave out as many of the better columns as it takes for the entry to hold the rest, its parts above all."""
        body = self
        while body.columns and len(canonical(body.model_dump(mode="json"))) > most_bytes:
            kept = body.columns[: len(body.columns) // 2]
            omitted = body.columns_omitted + len(body.columns) - len(kept)
            body = body.model_copy(update={"columns": kept, "columns_omitted": omitted})
        return body

    @property
    def source(self) -> ObjectRead:
        """Give the object that was told of: the batch itself, or what closes it."""
        return ObjectRead(bucket=self.bucket, key=self.key, version_id=self.version_id, etag=self.etag)

    @property
    def moment(self) -> AwareDatetime | None:
        """Give the object's time where nothing else tells one batch from another under the same key."""
        return self.object_time if self.closed_by != "object" and self.version_id == NO_VERSION else None

    @property
    def objects(self) -> tuple[ObjectRead, ...]:
        """Give the objects that hold the batch's rows."""
        return self.parts or (self.source,)


class BatchQuarantined(OnRecord):
    """A refused batch was copied aside and its original marked; nothing was deleted."""

    kind: ClassVar[str] = "Batch Quarantined"
    verdict: DecisionId
    model: str
    source: ObjectRead
    copied_to: ObjectRead | None
    tagged: bool
    note: str | None = Field(max_length=MOST_REASON)
    parts_copied: int = Field(default=0, ge=0)
    parts_gone: int = Field(default=0, ge=0)


class BatchReleased(OnRecord):
    """A person lets a quarantined batch be used again; it is never evidence of drift by itself."""

    kind: ClassVar[str] = "Batch Released"
    model: str
    verdict: DecisionId
    bucket: str
    key: str
    version_id: str
    object_time: AwareDatetime
    baseline: DecisionId | None
    by: str = Field(min_length=1, max_length=2048)
    why: str = Field(min_length=1, max_length=MOST_REASON)


class QuarantineLifted(OnRecord):
    """A released batch bears our mark no more; the copy set aside stays."""

    kind: ClassVar[str] = "Quarantine Lifted"
    release: DecisionId
    verdict: DecisionId
    model: str
    unmarked: int = Field(ge=0)
    gone: int = Field(ge=0)


class BaselineRequested(OnRecord):
    """A model has no baseline to hold its batches against: build it from its reference."""

    kind: ClassVar[str] = "Baseline Requested"
    model: str
    reference: str
    season: str | None = None


class BaselineActivated(OnRecord):
    """From now on batches are held against this baseline."""

    kind: ClassVar[str] = "Baseline Activated"
    model: str
    sha256: str = Field(pattern=SHA256)
    uri: str
    source: Literal["reference", "run", "season"]
    answers: DecisionId
    run_order: int | None = Field(ge=1)
    season: str | None = None
    rows: int = Field(ge=0)
    size: int = Field(ge=0)
    sources: tuple[ObjectRead, ...] = Field(min_length=1, max_length=MOST_SOURCES)
    left_out: int = Field(ge=0)


class BaselineFailed(OnRecord):
    """A baseline could not be built: what is wrong is in the entry's reason.

    `waits_for` is what an operator can mend; what it would be built of may have come to be there by then.
    """

    kind: ClassVar[str] = "Baseline Failed"
    model: str
    source: Literal["reference", "run", "season"]
    answers: DecisionId
    run_order: int | None = Field(ge=1)
    season: str | None = None
    waits_for: WaitsFor | None = None
