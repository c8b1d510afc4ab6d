"""What an arrival means and when a verdict is news: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.batches.contract import TABULAR, BatchArrived, ignored
from holdfast.batches.entries import (
    NO_VERSION,
    BatchJudged,
    BatchReleased,
    ObjectRead,
    SchemaEvolved,
    WaitsFor,
    stream_of_batch,
)
from holdfast.batches.policy import ClosedBy
from holdfast.batches.verdict import BatchAssessment, Level, unjudged
from holdfast.ledger.contract import Decision, Entry, Fold
from holdfast.manifest import Manifest, Model

MOST_BYTES = 512 * 1024**2
MOST_REASON = 1000
MOST_BODY_BYTES = 280 * 1024


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
        return stream_of_batch(self.model, self.bucket, self.key, self.version_id)


@dataclass(frozen=True, slots=True)
class Described:
    """What S3 says of the object that was read; if it only closes a batch, of what parts, and how large they are."""

    source: ObjectRead
    size: int
    modified: datetime
    closed_by: ClosedBy = "object"
    parts: tuple[ObjectRead, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What a batch is held against: a baseline, whether it is a season's, and what the verdict has to say of it."""

    sha256: str
    season: str | None = None
    era: str | None = None
    note: str = ""


class BatchState(BaseModel):
    """Where the judgement of one version stands; `departed` is the sequence of the last verdict, which is named.

    `moment` is set where only the object's time tells one batch from another: a marker that closes a folder is always
    empty, so that its content says nothing in a bucket without versions.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    departed: int = 0
    level: Level | None = None
    waits_for: WaitsFor | None = None
    etag: str | None = None
    verdict: str | None = None
    moment: AwareDatetime | None = None
    is_released: bool = False
    evolves: bool = False

    @property
    def is_quarantined(self) -> bool:
        """Tell whether the batch was refused and nobody released it: it may enter nothing."""
        return self.level == Level.QUARANTINED and not self.is_released

    def is_final(self, etag: str | None, moment: datetime | None = None) -> bool:
        """Tell whether this content has a verdict that no other look can change."""
        same = etag is None or self.etag is None or etag == self.etag
        if self.moment is not None and moment != self.moment:
            return False
        return same and self.level is not None and self.level != Level.UNKNOWN


def evolve(state: BatchState, entry: Entry) -> BatchState:
    """Take a verdict or a release in; other entries of the stream leave the verdict as it is."""
    if entry.kind == BatchReleased.kind:
        is_ours = BatchReleased.of(entry).verdict == state.verdict
        return state.model_copy(update={"is_released": state.is_released or is_ours})
    if entry.kind != BatchJudged.kind:
        return state
    body = BatchJudged.of(entry)
    return BatchState(
        departed=entry.sequence, level=body.level, waits_for=body.waits_for, etag=body.etag,
        verdict=entry.decision_id, moment=body.moment, evolves=body.evolution is not None,
    )  # fmt: skip


BATCH = Fold(BatchState, 2, evolve, is_open=lambda state: state.is_quarantined)


def decide(state: BatchState, judged: BatchJudged, *, reason: str) -> Decision | None:
    """Record a verdict if it is news: a final one stands, and an unknown one for the same want is not said twice."""
    if state.is_final(judged.etag, judged.object_time):
        return None
    said = (judged.level, judged.waits_for, judged.etag, judged.moment)
    if (state.level, state.waits_for, state.etag, state.moment) == said:
        return None
    facts = (judged.model, judged.bucket, judged.key, judged.version_id, str(state.departed))
    return Decision(judged.kind, judged.model, judged.level.value, reason, judged.within(MOST_BODY_BYTES), facts)


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
    reasons = {
        name: ignored(arrived, below=model.batches.prefix, closed_by=model.batches.closed_by)
        for name, model in candidates.items()
    }
    judging = {name: model for name, model in candidates.items() if reasons[name] is None}
    return Governed(judging, tuple(reason for reason in reasons.values() if reason is not None))


def subject_of(arrived: BatchArrived, model: str) -> Subject:
    """Name what is judged; a bucket without versions has one, `null`, told apart by its ETag."""
    return Subject(model, arrived.bucket, arrived.key, arrived.version_id or NO_VERSION)


def beyond_us(found: Described) -> str | None:
    """Say why an object cannot be judged by what we have, whatever it holds."""
    if not found.source.key.lower().endswith(TABULAR):
        return f"only {', '.join(TABULAR)} are judged"
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

    def against(self, held: Held) -> "Verdict":
        """Say what the batch was held against, where that is not simply the model's own baseline."""
        if not held.note:
            return self
        body = self.body.model_copy(update={"season": held.season, "era": held.era})
        return Verdict(body, f"{self.reason[: MOST_REASON - len(held.note) - 2]}; {held.note}")

    def proposing(self, evolution: object) -> "Verdict":
        """Say what the verdict asks of the model's contract."""
        if not isinstance(evolution, SchemaEvolved):
            return self
        return Verdict(self.body.model_copy(update={"evolution": evolution}), self.reason)

    @classmethod
    def lacking(cls, waits_for: WaitsFor, reason: str, found: Described, *, model: str) -> "Verdict":
        """Write down what is lacking for a verdict."""
        assessment = unjudged(reason)
        return cls(_judged(assessment, found, model=model, baseline=None, waits_for=waits_for), assessment.reason)


def untouched(
    arrived: BatchArrived, reason: str, *, model: str, now: datetime, waits_for: WaitsFor = "permission",
    closed_by: ClosedBy = "object",
) -> Verdict:  # fmt: skip
    """Write down that an object may not be read; of itself we know only what the event says."""
    found = Described(object_of(arrived), arrived.size or 0, arrived.time or now, closed_by)
    return Verdict.lacking(waits_for, reason, found, model=model)


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
        baseline=baseline, waits_for=waits_for, closed_by=found.closed_by, parts=found.parts,
    )  # fmt: skip
