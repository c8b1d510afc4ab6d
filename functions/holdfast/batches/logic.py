"""What an arrival means and when a verdict is news: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from holdfast.batches.contract import BatchArrived, ignored
from holdfast.batches.entries import NO_VERSION, BatchJudged, ObjectRead, WaitsFor
from holdfast.batches.verdict import BatchAssessment, Level, unjudged
from holdfast.ledger.contract import Decision, Entry, Fold
from holdfast.manifest import Manifest, Model

PARQUET = ".parquet"
MOST_BYTES = 512 * 1024**2
MOST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Subject:
    """One version of an object, as a batch of one model."""

    model: str
    bucket: str
    key: str
    version_id: str

    @property
    def stream(self) -> str:
        """Name the stream of all that is decided about it."""
        return f"batches#{self.model}/{self.bucket}/{self.key}@{self.version_id}"


@dataclass(frozen=True, slots=True)
class Described:
    """What S3 says of the object that was read."""

    source: ObjectRead
    size: int
    modified: datetime


class BatchState(BaseModel):
    """Where the judgement of one version stands; `departed` is the sequence of the last verdict."""

    model_config = ConfigDict(frozen=True)

    departed: int = 0
    level: Level | None = None
    waits_for: WaitsFor | None = None
    etag: str | None = None

    def is_final(self, etag: str | None) -> bool:
        """Tell whether this content has a verdict that no other look can change."""
        same = etag is None or self.etag is None or etag == self.etag
        return same and self.level is not None and self.level != Level.UNKNOWN


def evolve(state: BatchState, entry: Entry) -> BatchState:
    """Take a verdict in; other entries of the stream leave the verdict as it is."""
    if entry.kind != BatchJudged.kind:
        return state
    body = BatchJudged.of(entry)
    return BatchState(departed=entry.sequence, level=body.level, waits_for=body.waits_for, etag=body.etag)


BATCH = Fold(BatchState, 1, evolve)


def decide(state: BatchState, judged: BatchJudged, *, reason: str) -> Decision | None:
    """Record a verdict if it is news: a final one stands, and an unknown one for the same want is not said twice."""
    if state.is_final(judged.etag):
        return None
    if state.level == judged.level and state.waits_for == judged.waits_for and state.etag == judged.etag:
        return None
    facts = (judged.model, judged.bucket, judged.key, judged.version_id, str(state.departed))
    return Decision(judged.kind, judged.model, judged.level.value, reason, judged, facts)


@dataclass(frozen=True, slots=True)
class Governed:
    """The models whose batch an arrival is, and why it is none of others."""

    models: Mapping[str, Model]
    reasons: tuple[str, ...] = ()


def governing(arrived: BatchArrived, manifest: Manifest, *, account: str) -> Governed:
    """Find the models that have to judge an arrival, or the reasons to pass it over."""
    if arrived.account is not None and arrived.account != account:
        return Governed({}, (f"the event is of account {arrived.account[:20]!r}, expected {account}",))
    candidates = manifest.models_of(arrived.bucket, arrived.key)
    if not candidates:
        return Governed({}, (ignored(arrived) or "no model has its batches there",))
    reasons = {name: ignored(arrived, below=model.batches.prefix) for name, model in candidates.items()}
    judging = {name: model for name, model in candidates.items() if reasons[name] is None}
    return Governed(judging, tuple(reason for reason in reasons.values() if reason is not None))


def subject_of(arrived: BatchArrived, model: str) -> Subject:
    """Name what is judged; a bucket without versions has one, `null`, told apart by its ETag."""
    return Subject(model, arrived.bucket, arrived.key, arrived.version_id or NO_VERSION)


def beyond_us(found: Described) -> str | None:
    """Say why an object cannot be judged by what we have, whatever it holds."""
    if not found.source.key.lower().endswith(PARQUET):
        return "only Parquet is judged yet"
    if found.size > MOST_BYTES:
        return f"the object has {found.size} bytes, beyond our limit of {MOST_BYTES}"
    return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What goes on record of one version, and why in one sentence."""

    body: BatchJudged
    reason: str

    @classmethod
    def of(cls, assessment: BatchAssessment, found: Described, *, model: str, baseline: str | None = None) -> "Verdict":
        """Write down what the detectors said; what even a baseline leaves unknown is beyond what we can do."""
        waits_for: WaitsFor | None = "support" if assessment.level == Level.UNKNOWN else None
        return cls(_judged(assessment, found, model=model, baseline=baseline, waits_for=waits_for), assessment.reason)

    def held(self, critical: tuple[str, ...]) -> "Verdict":
        """Hold the batch while its bucket fails a critical control; it is judged as if it were not."""
        if not critical:
            return self
        why = f"; held: bucket {self.body.bucket} fails {', '.join(critical)} (critical)"
        room = MOST_REASON - len(why)
        return Verdict(self.body.model_copy(update={"held_by": critical}), self.reason[:room] + why)

    @classmethod
    def lacking(cls, waits_for: WaitsFor, reason: str, found: Described, *, model: str) -> "Verdict":
        """Write down what is lacking for a verdict."""
        assessment = unjudged(reason)
        return cls(_judged(assessment, found, model=model, baseline=None, waits_for=waits_for), assessment.reason)


def untouched(arrived: BatchArrived, reason: str, *, model: str, now: datetime) -> Verdict:
    """Write down that an object may not be read; of itself we know only what the event says."""
    found = Described(object_of(arrived), arrived.size or 0, arrived.time or now)
    return Verdict.lacking("permission", reason, found, model=model)


def object_of(arrived: BatchArrived) -> ObjectRead:
    """Name the very object an event tells of."""
    etag = arrived.etag.strip('"') if arrived.etag else None
    version = arrived.version_id or NO_VERSION
    return ObjectRead(bucket=arrived.bucket, key=arrived.key, version_id=version, etag=etag)


def _judged(
    assessment: BatchAssessment, found: Described, *, model: str, baseline: str | None, waits_for: WaitsFor | None
) -> BatchJudged:
    return BatchJudged.measured(
        assessment, found.source, model=model, size=found.size, object_time=found.modified,
        baseline=baseline, waits_for=waits_for,
    )  # fmt: skip
