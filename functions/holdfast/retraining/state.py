"""Where a model's retraining stands: what its entries fold into, bounded for ever."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.batches.verdict import Level
from holdfast.retraining.entries import BatchVersion
from holdfast.shared.canonical import canonical

MOST_EVIDENCE = 100
MOST_EVIDENCE_BYTES = 24 * 1024
MOST_STARTS = 100
MARK_LENGTH = 16
MOST_SPENT = 8
MERGING = (Level.UNKNOWN, Level.NOT_ENOUGH_DATA, Level.NONE, Level.NOTICE, Level.DRIFT, Level.QUARANTINED)
ACCEPTED = frozenset({Level.NOT_ENOUGH_DATA, Level.NONE, Level.NOTICE, Level.DRIFT})
Moment = tuple[datetime, str]


class Evidence(BatchVersion):
    """The worst that was said of one batch against one baseline, whose name is shortened, as are its `rows`."""

    object_time: AwareDatetime
    level: Level
    baseline: str
    is_released: bool = False
    rows: str = ""

    @property
    def is_broken(self) -> bool:
        """Tell whether the batch was refused and nobody released it."""
        return self.level is Level.QUARANTINED and not self.is_released

    @property
    def is_accepted(self) -> bool:
        """Tell whether the batch may be learned from."""
        return self.level in ACCEPTED or (self.level is Level.QUARANTINED and self.is_released)

    @property
    def moment(self) -> Moment:
        """Give the batch's place in the order of evidence."""
        return self.object_time, self.key

    @property
    def batch(self) -> BatchVersion:
        """Give the object's version alone."""
        return BatchVersion(bucket=self.bucket, key=self.key, version_id=self.version_id)

    @property
    def content(self) -> tuple[BatchVersion, datetime]:
        """Tell contents apart where a bucket keeps no versions and calls each of them `null`."""
        return self.batch, self.object_time


class Run(BaseModel):
    """A run in flight: decided, and once it has an ARN, started."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    decision_id: str
    decided_at: AwareDatetime
    arn: str | None = None
    started_at: AwareDatetime | None = None


class ClosedRun(BaseModel):
    """The run that ended last."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    decision_id: str
    outcome: str
    closed_at: AwareDatetime


class State(BaseModel):
    """All that deciding takes."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    baseline: str | None = None
    baseline_sequence: int = 0
    spent: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    decided_until: tuple[AwareDatetime, str] | None = None
    run: Run | None = None
    last_run: ClosedRun | None = None
    awaits_baseline_of: str | None = None
    closed_by: str | None = None
    starts: tuple[AwareDatetime, ...] = ()
    attempts: int = 0
    refusals: int = 0
    refused_at: AwareDatetime | None = None
    held: tuple[str, tuple[str, ...]] | None = None

    @property
    def in_force(self) -> str | None:
        """Give the shortened name of the baseline that evidence counts against."""
        return None if self.baseline is None else self.baseline[:MARK_LENGTH]

    def is_late(self, moment: Moment) -> bool:
        """Tell whether a decision to train already looked beyond this moment."""
        return self.decided_until is not None and moment <= self.decided_until


def merged(state: State, new: Evidence) -> tuple[Evidence, ...]:
    """Add evidence: several verdicts on one batch against one baseline become the worst of them."""
    what = (new.content, new.baseline)
    others = [item for item in state.evidence if (item.content, item.baseline) != what]
    same = [item for item in state.evidence if (item.content, item.baseline) == what]
    worst = max((*same, new), key=lambda item: MERGING.index(item.level))
    released, rows = any(item.is_released for item in (*same, new)), max(item.rows for item in (*same, new))
    worst = worst.model_copy(update={"is_released": released, "rows": rows})
    return bounded((*others, worst), in_force=state.in_force)


def bounded(evidence: tuple[Evidence, ...], *, in_force: str | None) -> tuple[Evidence, ...]:
    """Keep what counts before what does not, and the newest before the oldest, in the order of their moments."""

    def rank(item: Evidence) -> tuple[bool, Moment, str]:
        return item.baseline == in_force and item.is_accepted, item.moment, item.version_id

    kept: list[Evidence] = []
    left = MOST_EVIDENCE_BYTES
    for item in sorted(evidence, key=rank, reverse=True)[:MOST_EVIDENCE]:
        left -= len(canonical(item.model_dump(mode="json"))) + 1
        if left < 0:
            break
        kept.append(item)
    return tuple(sorted(kept, key=lambda item: (item.moment, item.version_id, item.baseline)))
