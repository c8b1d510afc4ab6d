"""Whether a batch that is due has come: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from holdfast.batches.entries import BatchAwaited, BatchMissed
from holdfast.batches.parts import object_of
from holdfast.batches.policy import BatchSource, Due
from holdfast.batches.sweep import Listed, WatchState, is_batch
from holdfast.batches.verdict import shown
from holdfast.ledger.contract import Decision

MOST_AT_ONCE, MOST = 24, 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """The batches that a listing showed to have come since, and whether it was complete: else nothing was missed."""

    since: datetime
    came: tuple[Listed, ...] = ()
    is_complete: bool = False

    def with_page(self, versions: Iterable[Listed], source: BatchSource) -> "Seen":
        """Look at one more page of the listing."""
        new = [one for one in versions if one.modified > self.since and is_batch(one, source)]
        return replace(self, came=tuple(sorted((*self.came, *new), key=lambda one: (one.modified, one.key))[-MOST:]))


def awaited(state: WatchState, seen: Seen, *, model: str, due: Due) -> Decision | None:
    """Record the newest batch that came, and by when the next is due; late, if one came after its deadline.

    A listing cut short may leave out the very batch that was in time: it shows no lateness that is not known already.
    """
    if not seen.is_complete and state.awaited_since is not None and state.missed_deadline is None:
        return None
    newest = seen.came[-1] if seen.came else None
    since = seen.since if newest is None else newest.modified
    if state.awaited_since is not None and since <= state.awaited_since:
        return None
    due_at, deadline = _next(since, due)
    late, late_for = _late(state, seen.came, due)
    body = BatchAwaited(
        model=model, since=since, newest=None if newest is None else object_of(newest), due_at=due_at,
        deadline=deadline, late_for=late_for,
    )  # fmt: skip
    next_one = f"the next is due at {_said(due_at)}, at the latest at {_said(deadline)}"
    if newest is None:
        outcome, came = "expected", "the watch began"
    elif late is None:
        outcome, came = "in_time", f"{shown(newest.key, most=200)} came at {_said(since)}"
    else:
        came = f"{shown(late.key, most=200)} came at {_said(late.modified)}, after the deadline of {_said(late_for)}"
        outcome = "late"
    return Decision(body.kind, model, outcome, f"{came}; {next_one}", body, (model, since.isoformat(), outcome))


def missed(state: WatchState, seen: Seen, *, model: str, source: BatchSource, now: datetime) -> Decision | None:
    """Record the next deadline that passed without a batch, once; from a listing cut short nothing follows."""
    if not seen.is_complete or source.due is None or state.awaited_since is None:
        return None
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


def _late(state: WatchState, came: Sequence[Listed], due: Due) -> tuple[Listed | None, datetime | None]:
    """Find the last batch that came late and the deadline it missed: each is due so long after the one before."""
    if state.missed_deadline is not None and came:
        return came[0], state.missed_deadline
    found: tuple[Listed | None, datetime | None] = (None, None)
    since = state.awaited_since
    for one in came:
        if since is not None and one.modified > (deadline := _next(since, due)[1]):
            found = (one, deadline)
        since = one.modified
    return found


def _said(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
