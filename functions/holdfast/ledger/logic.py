"""Chain entries and prove a chain: pure, the same code in a function and at an auditor's desk."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from holdfast.ledger.contract import Cause, Decision, Entry, Fold, State
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import explained
from holdfast.shared.errors import ContractError, IntegrityError

GENESIS = "0" * 64
MOST_STATE_BYTES = 32 * 1024
MOST_ENTRY_BYTES = 300 * 1024


@dataclass(frozen=True, slots=True)
class Link:
    """Where a stream stands: the last sequence and the hash of the entry that holds it."""

    sequence: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: the function, and the manifest it obeys."""

    actor: str
    manifest: str


def digest(entry: Entry) -> str:
    """Hash everything an entry says but the hash itself."""
    return hashlib.sha256(canonical(entry.model_dump(mode="json", exclude={"hash"}))).hexdigest()


def append(decision: Decision, *, stream: str, after: Link, author: Author, cause: Cause, now: datetime) -> Entry:
    """Make the entry that follows `after`, or raise `ContractError` if it cannot be kept."""
    try:
        unsealed = Entry(
            stream=stream,
            sequence=after.sequence + 1,
            previous=after.hash,
            decision_id=decision.id,
            kind=decision.kind,
            subject=decision.subject,
            outcome=decision.outcome,
            reason=decision.reason,
            body=decision.body.model_dump(mode="json"),
            actor=author.actor,
            cause=cause.id,
            correlation_id=cause.correlation_id,
            recorded_at=now,
            manifest=author.manifest,
            hash=GENESIS,
        )
    except ValidationError as error:
        raise ContractError(f"decision {decision.kind!r} cannot become an entry: {explained(error)}") from error
    entry = unsealed.model_copy(update={"hash": digest(unsealed)})
    if (size := len(canonical(entry.model_dump(mode="json")))) > MOST_ENTRY_BYTES:
        raise ContractError(f"entry {entry.kind!r} of {stream} takes {size} bytes, expected at most {MOST_ENTRY_BYTES}")
    return entry


def snapshot(state: State, *, stream: str) -> str:
    """Write a state for the head, bounded so that a stream can grow for ever."""
    text = canonical(state.model_dump(mode="json")).decode()
    if len(text.encode()) > MOST_STATE_BYTES:
        raise ContractError(f"the state of {stream} takes {len(text)} bytes, expected at most {MOST_STATE_BYTES}")
    return text


def refold(entries: Iterable[Entry], fold: Fold[State]) -> State:
    """Rebuild a state from the entries of its stream."""
    state = fold.state()
    for entry in entries:
        state = fold.evolve(state, entry)
    return state


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold, and why."""

    stream: str
    sequence: int
    reason: str

    def __str__(self) -> str:
        return f"{self.stream} entry {self.sequence}: {self.reason}"


def verify(entries: Iterable[Entry]) -> dict[str, Link]:
    """Prove every stream unbroken and give where each ends, or raise `IntegrityError` naming the first bad entry.

    Entries of one stream must come in order; streams may be interleaved. What a bare chain cannot show is an end cut
    off: compare the links returned with heads that you hold from elsewhere.
    """
    ends: dict[str, Link] = {}
    seen: dict[str, tuple[str, int]] = {}
    for entry in entries:
        if (problem := _problem(entry, ends.get(entry.stream, Link()), seen)) is not None:
            raise IntegrityError(str(Broken(entry.stream, entry.sequence, problem)))
        ends[entry.stream] = Link(entry.sequence, entry.hash)
        seen[entry.decision_id] = (entry.stream, entry.sequence)
    return ends


def _problem(entry: Entry, link: Link, seen: dict[str, tuple[str, int]]) -> str | None:
    if entry.sequence != link.sequence + 1:
        return f"follows entry {link.sequence}, expected sequence {link.sequence + 1}"
    if entry.previous != link.hash:
        return f"previous is {entry.previous[:12]}, expected {link.hash[:12]}, the hash of entry {link.sequence}"
    if digest(entry) != entry.hash:
        return "its content does not match its hash"
    if entry.decision_id in seen:
        stream, sequence = seen[entry.decision_id]
        return f"decision {entry.decision_id[:12]} is already entry {sequence} of {stream}"
    return None
