"""What this domain puts on record."""

from typing import ClassVar, Literal
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from holdfast.batches.verdict import Level
from holdfast.ledger.contract import SHA256, DecisionId, OnRecord

IN_PATH = "/=:@!$&'()*+,;~"


def stream_of(model: str) -> str:
    """Name the stream of a model's retraining."""
    return f"retraining#{model}"


class BatchVersion(BaseModel):
    """One batch, exactly as it was judged."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    bucket: str
    key: str
    version_id: str

    @property
    def uri(self) -> str:
        """Write the object and its version as a URI, percent-encoded as in RFC 3986."""
        return f"s3://{self.bucket}/{quote(self.key, safe=IN_PATH)}?versionId={quote(self.version_id, safe='')}"


class EvidenceRecorded(OnRecord):
    """A verdict on a batch was taken into account, or came too late for that; `rows` tells the parts it is made of."""

    kind: ClassVar[str] = "Evidence Recorded"
    batch: BatchVersion
    object_time: AwareDatetime
    level: Level
    detector: str
    baseline: DecisionId | None
    verdict: DecisionId
    late: bool
    rows: str | None = Field(default=None, pattern=SHA256)


class EvidenceReleased(OnRecord):
    """A quarantined batch was released: it may be learned from, and is evidence of nothing."""

    kind: ClassVar[str] = "Evidence Released"
    batch: BatchVersion
    object_time: AwareDatetime
    baseline: DecisionId | None
    verdict: DecisionId
    release: DecisionId
    late: bool


class RetrainDecided(OnRecord):
    """Training is due and affordable: start it, once, on exactly these batches."""

    kind: ClassVar[str] = "Retrain Decided"
    model: str
    attempt: int = Field(ge=1)
    baseline: DecisionId
    patience: str
    change_point: BatchVersion
    drifted: tuple[BatchVersion, ...] = Field(min_length=1)
    inputs: tuple[BatchVersion, ...] = Field(min_length=1)
    considered_until: AwareDatetime
    considered_key: str
    pipeline: str | None


class RetrainHeld(OnRecord):
    """Training is due and waits: a bucket that its data comes from fails a critical control."""

    kind: ClassVar[str] = "Retrain Held"
    model: str
    bucket: str
    controls: tuple[str, ...] = Field(min_length=1)
    compliance_sequence: int = Field(ge=1)
    change_point: BatchVersion


class RunStarted(OnRecord):
    """The run that was decided on is under way."""

    kind: ClassVar[str] = "Run Started"
    decision_id: DecisionId
    arn: str = Field(min_length=1)
    found: bool


class RunRefused(OnRecord):
    """The run that was decided on cannot be started, and trying again would not help."""

    kind: ClassVar[str] = "Run Refused"
    decision_id: DecisionId
    code: str


class RunClosed(OnRecord):
    """A run came to its end; on success its inputs are what the model now knows."""

    kind: ClassVar[str] = "Run Closed"
    decision_id: DecisionId
    arn: str | None
    status: str
    failure_reason: str | None = Field(max_length=1300)
    known_by: Literal["description", "event", "absence", "deadline"]
    inputs: tuple[BatchVersion, ...]


class BaselineMissed(OnRecord):
    """What a run learned from cannot become a baseline: drift counts against the one in force as before."""

    kind: ClassVar[str] = "Baseline Missed"
    answers: DecisionId


class BaselineAdopted(OnRecord):
    """Evidence counts against this baseline from now on; what was measured against another is spent."""

    kind: ClassVar[str] = "Baseline Adopted"
    sha256: str = Field(pattern=SHA256)
    source: str
    baseline_sequence: int = Field(ge=1)
