"""Which object versions wait for a verdict, and how the judge is told of them: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.batches.contract import CREATED, BatchArrived, ignored
from holdfast.batches.listing import Listed, Marker
from holdfast.batches.logic import BatchState
from holdfast.batches.policy import BatchSource
from holdfast.batches.verdict import Level
from holdfast.batches.watched import BatchAwaited, BatchMissed, BatchSeen, SweepPaused, WatchStarted
from holdfast.ledger.contract import Decision, Entry, Fold

SOURCE = "holdfast.sweep"
GRACE = timedelta(minutes=15)
PERIOD = timedelta(hours=1)
MENDED_ELSEWHERE = frozenset({"permission", "parts", "service"})
MOST_SENT = 1000


PLACE = ("key_marker", "version_marker", "is_whole", "began_at", "came", "is_cut")


class WatchState(BaseModel):
    """Since when a prefix is watched, where a sweep of it goes on, and when its last batch came.

    `missed_due_at` is the last time at which one was due and none came. `began_at`, `came` and `is_cut` are of the
    listing that goes on at the marker, as `SweepPaused` has them.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    departed: int = 0
    started_at: AwareDatetime | None = None
    key_marker: str | None = None
    version_marker: str | None = None
    is_whole: bool = False
    began_at: AwareDatetime | None = None
    came: tuple[BatchSeen, ...] = ()
    is_cut: bool = False
    awaited_since: AwareDatetime | None = None
    missed_due_at: AwareDatetime | None = None
    missed_deadline: AwareDatetime | None = None

    @property
    def marker(self) -> Marker | None:
        """Give the place where the last sweep stopped."""
        return None if self.key_marker is None else Marker(self.key_marker, self.version_marker)


def stream_of(model: str) -> str:
    """Name the stream of a model's watch."""
    return f"watch#{model}"


def evolve(state: WatchState, entry: Entry) -> WatchState:
    """Take the start of a watch or the end of a sweep in."""
    if entry.kind == WatchStarted.kind:
        return state.model_copy(update={"departed": entry.sequence, "started_at": entry.recorded_at})
    if entry.kind == SweepPaused.kind:
        body = SweepPaused.of(entry)
        place = {name: getattr(body, name) for name in PLACE}
        return state.model_copy(update={"departed": entry.sequence, **place})
    if entry.kind == BatchAwaited.kind:
        came = {"awaited_since": BatchAwaited.of(entry).since, "missed_due_at": None, "missed_deadline": None}
        return state.model_copy(update=came)
    if entry.kind == BatchMissed.kind:
        gone = BatchMissed.of(entry)
        return state.model_copy(update={"missed_due_at": gone.due_at, "missed_deadline": gone.deadline})
    return state


WATCH = Fold(WatchState, 1, evolve)


def start(state: WatchState, *, model: str, source: BatchSource) -> Decision | None:
    """Start to watch a prefix, once."""
    if state.started_at is not None:
        return None
    body = WatchStarted(model=model, bucket=source.bucket, prefix=source.prefix)
    return Decision(body.kind, model, "started", "batches are expected from now on", body, (model,))


def pause(
    state: WatchState, *, model: str, marker: Marker | None, is_whole: bool, began_at: datetime | None = None,
    came: tuple[BatchSeen, ...] = (), is_cut: bool = False,
) -> Decision | None:  # fmt: skip
    """Remember where to go on, what to look for there and what was awaited and found so far, if that is news.

    A sweep of recent versions leaves the place of one for a new baseline, which stopped meanwhile, as it is.
    """
    if state.is_whole and not is_whole:
        return None
    is_whole = is_whole and marker is not None
    if (marker, is_whole) == (state.marker, state.is_whole):
        return None
    key, version = (None, None) if marker is None else (marker.key, marker.version)
    found = {} if marker is None else {"began_at": began_at, "came": came, "is_cut": is_cut}
    body = SweepPaused(model=model, key_marker=key, version_marker=version, is_whole=is_whole, **found)
    outcome, said = (
        ("finished", "the prefix was seen to its end") if marker is None else ("paused", "the bound is reached")
    )
    return Decision(body.kind, model, outcome, said, body, (model, str(key), str(version), str(state.departed)))


@dataclass(frozen=True, slots=True)
class Search:
    """What one sweep looks for: versions since a time, or every version that a new baseline may judge."""

    source: BatchSource
    since: datetime
    now: datetime
    has_baseline: bool
    is_whole: bool

    def regards(self, version: Listed) -> bool:
        """Tell whether a version can lack a verdict at all, before its state is read."""
        is_recent = self.is_whole or version.modified >= self.since
        is_closing = version.is_latest or self.source.closed_by != "success"
        return is_recent and is_closing and is_batch(version, self.source)

    def wants(self, version: Listed, state: BatchState) -> bool:
        """Tell whether another look can give a version the verdict it lacks; what only just landed has time."""
        if state.is_final(version.etag, version.modified):
            return False
        is_other = state.etag not in (None, version.etag) or state.moment not in (None, version.modified)
        if state.level != Level.UNKNOWN or is_other:
            return self.since <= version.modified <= self.now - GRACE
        return state.waits_for in MENDED_ELSEWHERE or (state.waits_for == "baseline" and self.has_baseline)


def since(source: BatchSource, watch: WatchState, *, now: datetime) -> datetime:
    """Give the time from which on objects count: a timer's first tick may come a period after the deployment."""
    return source.starts((watch.started_at or now) - PERIOD)


def expected_since(source: BatchSource, watch: WatchState, *, now: datetime) -> datetime:
    """Give the time from which on the next batch is awaited: that of the last one, or of the start of the watch."""
    started = watch.started_at or now
    return watch.awaited_since or max(started, source.starts(started))


def as_event(version: Listed, *, account: str, event_id: str, now: datetime) -> dict[str, Any]:
    """Tell of a version in the words of S3, so that the judge has one door less to know."""
    found = {"key": version.key, "size": version.size, "etag": version.etag, "version-id": version.version_id}
    return {
        "version": "0", "id": event_id, "detail-type": CREATED, "source": SOURCE, "account": account,
        "time": now.isoformat(), "resources": [], "detail": {"bucket": {"name": version.bucket}, "object": found},
    }  # fmt: skip


def is_batch(version: Listed, source: BatchSource) -> bool:
    """Tell whether a version is a batch, or closes one."""
    return ignored(_arrived(version), below=source.prefix, closed_by=source.closed_by) is None


def _arrived(version: Listed) -> BatchArrived:
    return BatchArrived(
        happened=CREATED, account=None, region=None, bucket=version.bucket, key=version.key,
        version_id=version.version_id, etag=version.etag, size=version.size, sequencer=None,
        time=version.modified, event_id=None,
    )  # fmt: skip


def in_turn(models: Iterable[str], *, now: datetime) -> list[str]:
    """Order models so that each comes first in its hour: where time runs out, it is not always on the same ones."""
    names = sorted(models)
    first = int(now.timestamp() // 3600) % len(names) if names else 0
    return names[first:] + names[:first]
