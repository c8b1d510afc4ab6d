"""What this domain puts on record."""

from typing import ClassVar, Literal, Self

from pydantic import AwareDatetime, Field

from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import SHA256, DecisionId, OnRecord
from holdfast.shared.contract import Emitted

NO_VERSION = "null"
MOST_COLUMNS = 60
MOST_SOURCES = 100
WaitsFor = Literal["baseline", "permission", "support"]
"""What an unknown verdict lacks: a baseline to hold the batch against, the right to read it, a way to judge it."""


class ObjectRead(Emitted):
    """An object, exactly as it was read; `version_id` is `null` where the bucket keeps no versions."""

    bucket: str
    key: str
    version_id: str
    etag: str | None


class BatchJudged(OnRecord):
    """What one version of an object is worth as a batch of one model; `held_by`: what its bucket must obey first."""

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
        )


class BatchQuarantined(OnRecord):
    """A refused batch was copied aside and its original marked; nothing was deleted."""

    kind: ClassVar[str] = "Batch Quarantined"
    verdict: DecisionId
    model: str
    source: ObjectRead
    copied_to: ObjectRead | None
    tagged: bool
    note: str | None = Field(max_length=300)


class BaselineRequested(OnRecord):
    """A model has no baseline to hold its batches against: build it from its reference."""

    kind: ClassVar[str] = "Baseline Requested"
    model: str
    reference: str


class BaselineActivated(OnRecord):
    """From now on batches are held against this baseline."""

    kind: ClassVar[str] = "Baseline Activated"
    model: str
    sha256: str = Field(pattern=SHA256)
    uri: str
    source: Literal["reference", "run"]
    answers: DecisionId
    run_order: int | None = Field(ge=1)
    rows: int = Field(ge=0)
    size: int = Field(ge=0)
    sources: tuple[ObjectRead, ...] = Field(min_length=1, max_length=MOST_SOURCES)
    left_out: int = Field(ge=0)


class BaselineFailed(OnRecord):
    """A baseline could not be built: what is wrong is in the entry's reason."""

    kind: ClassVar[str] = "Baseline Failed"
    model: str
    source: Literal["reference", "run"]
    answers: DecisionId
    run_order: int | None = Field(ge=1)


class WatchStarted(OnRecord):
    """From the moment of this entry on a model's prefix is watched: it is what `since: deploy` means."""

    kind: ClassVar[str] = "Watch Started"
    model: str
    bucket: str
    prefix: str


class SweepPaused(OnRecord):
    """A sweep of a long prefix stopped at its bound, and the next goes on from here; at the end there is no marker."""

    kind: ClassVar[str] = "Sweep Paused"
    model: str
    key_marker: str | None
    version_marker: str | None
    is_whole: bool
