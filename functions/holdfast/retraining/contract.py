"""What reaches this domain: verdicts, baselines, and what SageMaker says of runs."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from pydantic import AliasPath, AwareDatetime, BeforeValidator, Field

from holdfast.batches.verdict import Level
from holdfast.ledger.contract import SHA256, SOURCE, Entry
from holdfast.retraining.entries import BatchVersion
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Received

VERDICTS = frozenset({"Batch Judged", "Batch Examined"})
ACTIVATED = "Baseline Activated"
FAILED = "Baseline Failed"
RELEASED = "Batch Released"
TICK = "Scheduled Event"


def _text(value: object) -> str:
    """Take what AWS's own samples write as a list, or leave out, for nothing said."""
    return value if isinstance(value, str) else ""


Hint = Annotated[str, BeforeValidator(_text)]


class Arrived(Received):
    """Any message of the queue, as far as its kind."""

    detail_type: str = Field(validation_alias="detail-type")
    event_id: str = Field(validation_alias="id", min_length=1)
    source: Hint = ""
    account: Hint = ""

    @property
    def is_announced(self) -> bool:
        """Tell whether the ledger says so."""
        return self.source == SOURCE


class Announced(Received):
    """A decision was announced: its id is all that is taken from the message."""

    decision_id: str = Field(validation_alias=AliasPath("detail", "decision_id"), pattern=SHA256)


class Part(Received):
    """An object that holds rows of a batch."""

    bucket: str
    key: str
    version_id: str
    etag: str | None = None


class Verdict(Received):
    """What retraining needs of a verdict on a batch."""

    bucket: str
    key: str
    version_id: str
    object_time: AwareDatetime
    level: Level
    detector: str
    baseline: str | None = Field(default=None, pattern=SHA256)
    era: str | None = Field(default=None, pattern=SHA256)
    parts: tuple[Part, ...] = ()
    decision_id: str

    @property
    def rows(self) -> str | None:
        """Tell the rows of a batch in parts from others': two lists may name the very same objects, in any order."""
        named = sorted([one.bucket, one.key, one.version_id, one.etag or ""] for one in self.parts)
        return hashlib.sha256(canonical(named)).hexdigest() if named else None

    @property
    def counts_for(self) -> str | None:
        """Give the model's own baseline that was in force: a batch held against a season's is evidence for it too."""
        return self.era or self.baseline

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read the entry of a verdict."""
        return cls.receive({**entry.body, "level": entry.outcome, "decision_id": entry.decision_id})

    @property
    def batch(self) -> BatchVersion:
        """Give the batch."""
        return BatchVersion(bucket=self.bucket, key=self.key, version_id=self.version_id)


class BatchReleased(Received):
    """What retraining needs of the release of a quarantined batch."""

    bucket: str
    key: str
    version_id: str
    object_time: AwareDatetime
    baseline: str | None = Field(default=None, pattern=SHA256)
    verdict: str = Field(pattern=SHA256)
    decision_id: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read the entry of a release."""
        return cls.receive({**entry.body, "decision_id": entry.decision_id})

    @property
    def batch(self) -> BatchVersion:
        """Give the batch."""
        return BatchVersion(bucket=self.bucket, key=self.key, version_id=self.version_id)


class BaselineActivated(Received):
    """What retraining needs of a baseline that came into force; a season's is not what a model is held to."""

    sha256: str = Field(pattern=SHA256)
    source: str
    season: str | None = None
    sequence: int
    decision_id: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read the entry of a baseline."""
        return cls.receive({**entry.body, "sequence": entry.sequence, "decision_id": entry.decision_id})


class BaselineFailed(Received):
    """What retraining needs of a baseline that could not be built; `answers` is the decision that asked for it."""

    answers: str
    decision_id: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read the entry of a failure."""
        return cls.receive({**entry.body, "decision_id": entry.decision_id})


@dataclass(frozen=True, slots=True)
class RunSeen:
    """How a run stood when someone looked, in SageMaker's words."""

    arn: str
    status: str
    failure_reason: str | None = None


class PipelineExecutionChanged(Received):
    """A pipeline execution changed its status, as SageMaker tells EventBridge."""

    detail_type: ClassVar[str] = "SageMaker Model Building Pipeline Execution Status Change"
    arn: str = Field(validation_alias=AliasPath("detail", "pipelineExecutionArn"), min_length=1)
    status: str = Field(validation_alias=AliasPath("detail", "currentPipelineExecutionStatus"), min_length=1)

    @property
    def seen(self) -> RunSeen:
        """Give what the event says; it names no reason of a failure."""
        return RunSeen(self.arn, self.status)


class TrainingJobChanged(Received):
    """A training job changed its status, as SageMaker tells EventBridge."""

    detail_type: ClassVar[str] = "SageMaker Training Job State Change"
    arn: str = Field(validation_alias=AliasPath("detail", "TrainingJobArn"), min_length=1)
    status: str = Field(validation_alias=AliasPath("detail", "TrainingJobStatus"), min_length=1)
    failure_reason: Hint = Field(default="", validation_alias=AliasPath("detail", "FailureReason"))

    @property
    def seen(self) -> RunSeen:
        """Give what the event says."""
        return RunSeen(self.arn, self.status, self.failure_reason or None)


RUN_CHANGES: dict[str, type[PipelineExecutionChanged | TrainingJobChanged]] = {
    changed.detail_type: changed for changed in (PipelineExecutionChanged, TrainingJobChanged)
}
