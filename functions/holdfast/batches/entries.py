"""What this domain puts on record."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError

from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import SHA256, Entry
from holdfast.shared.contract import Emitted, explained
from holdfast.shared.errors import ContractError

NO_VERSION = "null"
MOST_COLUMNS = 60
MOST_SOURCES = 100
DecisionId = Annotated[str, Field(pattern=SHA256)]
WaitsFor = Literal["baseline", "permission", "support"]
"""What an unknown verdict lacks: a baseline to hold the batch against, the right to read it, a way to judge it."""


class _OnRecord(Emitted):
    """The body of an entry of this domain."""

    kind: ClassVar[str]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read an entry's body, or raise `ContractError` if the entry is of another kind or shape."""
        if entry.kind != cls.kind:
            raise ContractError(f"decision {entry.decision_id} is {entry.kind!r}, expected {cls.kind!r}")
        try:
            return cls.model_validate(entry.body)
        except ValidationError as error:
            raise ContractError(f"the body of {entry.decision_id} is no {cls.__name__}: {explained(error)}") from error


class ObjectRead(Emitted):
    """An object, exactly as it was read; `version_id` is `null` where the bucket keeps no versions."""

    bucket: str
    key: str
    version_id: str
    etag: str | None


class BatchJudged(_OnRecord):
    """What one version of an object is worth as a batch of one model."""

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


class BatchQuarantined(_OnRecord):
    """A refused batch was copied aside and its original marked; nothing was deleted."""

    kind: ClassVar[str] = "Batch Quarantined"
    verdict: DecisionId
    model: str
    source: ObjectRead
    copied_to: ObjectRead | None
    tagged: bool
    note: str | None = Field(max_length=300)


class BaselineRequested(_OnRecord):
    """A model has no baseline to hold its batches against: build it from its reference."""

    kind: ClassVar[str] = "Baseline Requested"
    model: str
    reference: str


class BaselineActivated(_OnRecord):
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


class BaselineFailed(_OnRecord):
    """A baseline could not be built: what is wrong is in the entry's reason."""

    kind: ClassVar[str] = "Baseline Failed"
    model: str
    source: Literal["reference", "run"]
    answers: DecisionId
    run_order: int | None = Field(ge=1)


class WatchStarted(_OnRecord):
    """From the moment of this entry on a model's prefix is watched: it is what `since: deploy` means."""

    kind: ClassVar[str] = "Watch Started"
    model: str
    bucket: str
    prefix: str


class SweepPaused(_OnRecord):
    """A sweep of a long prefix stopped at its bound, and the next goes on from here; at the end there is no marker."""

    kind: ClassVar[str] = "Sweep Paused"
    model: str
    key_marker: str | None
    version_marker: str | None
    is_whole: bool
