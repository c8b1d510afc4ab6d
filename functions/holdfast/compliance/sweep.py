"""What a tick or a change of the account makes due, and the words in which it is passed on: pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from holdfast.compliance.contract import RecordedCall, SweepDue, Ticked
from holdfast.compliance.doors import Ignored
from holdfast.compliance.kind import Kind
from holdfast.compliance.logic import ignored, rejudged

AGAIN_AFTER_SECONDS = 120
MOST_LISTED = 10_000
Message = dict[str, Any]
Pair = tuple[str, str]


def due(
    body: Mapping[str, Any],
    kinds: Mapping[str, Kind],
    *,
    concerns: Callable[[str], bool],
    account: str,
    message_id: str,
) -> tuple[SweepDue, ...] | Ignored:
    """Say what a message makes due: one errand a kind, so that one that cannot be listed holds up no other."""
    if body.get("detail-type") == Ticked.TICK:
        cause = Ticked.receive(body).event_id
        return (*(SweepDue(kind=kind, cause=cause) for kind in sorted(filter(concerns, kinds))), SweepDue(cause=cause))
    call, among = RecordedCall.receive(body), tuple(kinds.values())
    if (reason := ignored(call, account=account, kinds=among)) is not None:
        return Ignored(call.name, reason)
    cause = call.event_id or message_id
    found = tuple(SweepDue(kind=kind, cause=cause, is_twice=True) for kind in sorted(rejudged(call, among)))
    return found or Ignored(call.name, "changes nothing that all resources of a kind rest on")


def later(found: SweepDue, *, following: str | None, shards: Iterable[int]) -> Iterator[SweepDue]:
    """Say what is left of an errand that was too long for one run: the rest of the list, or else what is on record."""
    if following is not None:
        yield found.model_copy(update={"after": following})
    elif found.after is not None:
        yield from (found.model_copy(update={"after": None, "shards": (shard,)}) for shard in shards)


def errand(found: SweepDue) -> Message:
    """Tell ourselves of an errand."""
    return {"sweep": found.model_dump(mode="json", exclude_none=True)}


def look(kind: str, name: str, *, cause: str) -> Message:
    """Tell the judge of a resource to look at."""
    return {"look": {"kind": kind, "name": name, "cause": cause}}


def on_record(subjects: Iterable[str], wanted: Callable[[str, str], bool]) -> Iterator[Pair]:
    """Give the kind and name of each resource on record that is wanted."""
    pairs = (subject.partition("/") for subject in subjects)
    yield from ((kind, name) for kind, _, name in pairs if wanted(kind, name))
