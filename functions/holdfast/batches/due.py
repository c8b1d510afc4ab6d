"""Whether a batch that is due has come: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from holdfast.batches.listing import Listed, Marker
from holdfast.batches.parts import named_bytes, object_of
from holdfast.batches.policy import BatchSource, Due
from holdfast.batches.sweep import WatchState, is_batch
from holdfast.batches.verdict import shown
from holdfast.batches.watched import BatchAwaited, BatchMissed, BatchSeen
from holdfast.ledger.contract import Decision

MOST_AT_ONCE, MOST = 24, 10_000
MOST_KEPT, MOST_KEPT_BYTES = 20, 12 * 1024
"""What one sweep leaves to the next of the batches that it saw: the head of a stream has little room."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The batches that a listing showed to have come since, and whether it was complete: else nothing was missed.

    A long listing takes several sweeps: whatever there was when the first of them began, at `began_at`, was seen by
    the last. `is_cut` tells that older ones were let go, so that the first one's time says nothing of a deadline.
    """

    since: datetime
    came: tuple[Listed, ...] = ()
    is_complete: bool = False
    began_at: datetime | None = None
    is_cut: bool = False

    @classmethod
    def going_on(
        cls, state: WatchState, after: Marker | None, *, bucket: str, since: datetime, now: datetime
    ) -> "Seen":
        """Begin with a prefix, or go on with what earlier sweeps saw of it."""
        if after is None:
            return cls(since, began_at=now)
        came = tuple(Listed(bucket, one.key, one.version_id, one.etag, 0, one.modified) for one in state.came)
        return cls(since, came, began_at=state.began_at, is_cut=state.is_cut)

    def with_page(self, versions: Iterable[Listed], source: BatchSource) -> "Seen":
        """Look at one more page of the listing."""
        new = [one for one in versions if one.modified > self.since and is_batch(one, source)]
        return self._newest((*self.came, *new), MOST)

    def ended(self, following: Marker | None) -> "Seen":
        """Say whether the listing, however many sweeps it took, came to its end; when it began must be known."""
        return replace(self, is_complete=following is None and self.began_at is not None)

    def kept(self) -> "Seen":
        """Leave to the next sweep what an entry has room for: the newest that were there as the listing began."""
        seen = self.by_then()
        seen = seen._newest(seen.came, MOST_KEPT)
        while len(seen.came) > 1 and named_bytes(map(object_of, seen.came)) > MOST_KEPT_BYTES:
            seen = seen._newest(seen.came, len(seen.came) - 1)
        return seen

    def told(self) -> tuple[BatchSeen, ...]:
        """Write the batches down."""
        return tuple(
            BatchSeen(key=one.key, version_id=one.version_id, etag=one.etag, modified=one.modified) for one in self.came
        )

    def by_then(self) -> "Seen":
        """Leave out what came since the listing began: another that did, and sooner, may lie where it had been."""
        began = self.began_at
        return self if began is None else replace(self, came=tuple(one for one in self.came if one.modified <= began))

    def after(self, moment: datetime | None) -> tuple[Listed, ...]:
        """Give those that came after a moment."""
        return self.came if moment is None else tuple(one for one in self.came if one.modified > moment)

    def _newest(self, came: Sequence[Listed], most: int) -> "Seen":
        ordered = sorted(came, key=lambda one: (one.modified, one.key))
        return replace(self, came=tuple(ordered[-most:]), is_cut=self.is_cut or len(ordered) > most)


def awaited(state: WatchState, seen: Seen, *, model: str, due: Due) -> Decision | None:
    """Record the newest batch that came, and by when the next is due; late, if one came after its deadline.

    A listing cut short may leave out the very batch that was in time: it shows no lateness that is not known already.
    """
    is_told = seen.is_complete or state.missed_deadline is not None
    if not is_told and state.awaited_since is not None:
        return None
    seen = seen if state.missed_deadline is not None else seen.by_then()
    came = seen.after(state.awaited_since) if is_told else ()
    newest = came[-1] if came else None
    since = seen.since if newest is None else newest.modified
    if state.awaited_since is not None and since <= state.awaited_since:
        return None
    due_at, deadline = _next(since, due)
    late, late_for = _late(state, came, due, is_cut=seen.is_cut)
    body = BatchAwaited(
        model=model, since=since, newest=None if newest is None else object_of(newest), due_at=due_at,
        deadline=deadline, late_for=late_for,
    )  # fmt: skip
    next_one = f"the next is due at {_said(due_at)}, at the latest at {_said(deadline)}"
    if newest is None:
        outcome, said = "expected", "the watch began"
    elif late is None:
        outcome, said = "in_time", f"{shown(newest.key, most=200)} came at {_said(since)}"
    else:
        said = f"{shown(late.key, most=200)} came at {_said(late.modified)}, after the deadline of {_said(late_for)}"
        outcome = "late"
    return Decision(body.kind, model, outcome, f"{said}; {next_one}", body, (model, since.isoformat(), outcome))


def missed(state: WatchState, seen: Seen, *, model: str, source: BatchSource, now: datetime) -> Decision | None:
    """Record the next deadline that passed without a batch, once; from a listing cut short nothing follows.

    What came since the listing began may lie where it had been already, so that only deadlines before that are over.
    """
    if not seen.is_complete or source.due is None or state.awaited_since is None:
        return None
    now = min(now, seen.began_at or now)
    every, grace = timedelta(hours=source.due.every_hours), timedelta(hours=source.due.grace_hours)
    last = state.missed_due_at or state.awaited_since
    if now <= last + every + grace:
        return None
    due_at = last + max(1, (now - grace - last) // every - MOST_AT_ONCE + 1) * every
    body = BatchMissed(
        model=model, bucket=source.bucket, prefix=source.prefix, since=state.awaited_since, due_at=due_at,
        deadline=due_at + grace, looked_at=now,
    )  # fmt: skip
    reason = f"no batch came below s3://{source.bucket}/{source.prefix} by {_said(body.deadline)}"
    since = f"none came since {_said(state.awaited_since)}, and one is due every {source.due.every_hours} hours"
    facts = (model, state.awaited_since.isoformat(), due_at.isoformat())
    return Decision(body.kind, model, "missed", f"{reason}: {since}", body, facts)


def _next(since: datetime, due: Due) -> tuple[datetime, datetime]:
    due_at = since + timedelta(hours=due.every_hours)
    return due_at, due_at + timedelta(hours=due.grace_hours)


def _late(
    state: WatchState, came: Sequence[Listed], due: Due, *, is_cut: bool
) -> tuple[Listed | None, datetime | None]:
    """Find the last batch that came late and the deadline it missed: each is due so long after the one before."""
    if state.missed_deadline is not None and came:
        return came[0], state.missed_deadline
    found: tuple[Listed | None, datetime | None] = (None, None)
    since = None if is_cut else state.awaited_since
    for one in came:
        if since is not None and one.modified > (deadline := _next(since, due)[1]):
            found = (one, deadline)
        since = one.modified
    return found


def _said(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
