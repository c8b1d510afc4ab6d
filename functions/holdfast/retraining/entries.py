"""What this domain puts on record."""

from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from holdfast.batches.verdict import Level
from holdfast.ledger.contract import SHA256, Entry
from holdfast.shared.contract import Emitted, explained
from holdfast.shared.errors import ContractError

IN_PATH = "/=:@!$&'()*+,;~"
DecisionId = Annotated[str, Field(pattern=SHA256)]


def stream_of(model: str) -> str:
    """Name the stream of a model's retraining."""
    return f"retraining#{model}"


class BatchVersion(BaseModel):
    """One batch, exactly as it was judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: str
    key: str
    version_id: str

    @property
    def uri(self) -> str:
        """Write the object and its version as a URI, percent-encoded as in RFC 3986."""
        return f"s3://{self.bucket}/{quote(self.key, safe=IN_PATH)}?versionId={quote(self.version_id, safe='')}"


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


class EvidenceRecorded(_OnRecord):
    """A verdict on a batch was taken into account, or came too late for that."""

    kind: ClassVar[str] = "Evidence Recorded"
    batch: BatchVersion
    object_time: AwareDatetime
    level: Level
    detector: str
    baseline: DecisionId | None
    verdict: DecisionId
    late: bool


class RetrainDecided(_OnRecord):
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


class RunStarted(_OnRecord):
    """The run that was decided on is under way."""

    kind: ClassVar[str] = "Run Started"
    decision_id: DecisionId
    arn: str = Field(min_length=1)
    found: bool


class RunRefused(_OnRecord):
    """The run that was decided on cannot be started, and trying again would not help."""

    kind: ClassVar[str] = "Run Refused"
    decision_id: DecisionId
    code: str


class RunClosed(_OnRecord):
    """A run came to its end; on success its inputs are what the model now knows."""

    kind: ClassVar[str] = "Run Closed"
    decision_id: DecisionId
    arn: str | None
    status: str
    failure_reason: str | None = Field(max_length=1300)
    known_by: Literal["description", "event", "absence", "deadline"]
    inputs: tuple[BatchVersion, ...]


class BaselineMissed(_OnRecord):
    """What a run learned from cannot become a baseline: drift counts against the one in force as before."""

    kind: ClassVar[str] = "Baseline Missed"
    run_order: int = Field(ge=1)


class BaselineAdopted(_OnRecord):
    """Evidence counts against this baseline from now on; what was measured against another is spent."""

    kind: ClassVar[str] = "Baseline Adopted"
    sha256: str = Field(pattern=SHA256)
    source: str
    baseline_sequence: int = Field(ge=1)
