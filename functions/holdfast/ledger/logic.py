"""Chain entries and prove a chain: pure, the same code in a function and at an auditor's desk."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from holdfast.ledger.contract import Cause, Decision, Entry, Fold, State
from holdfast.shared.canonical import canonical, read, recall
from holdfast.shared.contract import explained
from holdfast.shared.errors import ContractError, IntegrityError

GENESIS = "0" * 64
MOST_STATE_BYTES = 32 * 1024
MOST_ENTRY_BYTES = 300 * 1024
UNSEALED = "its content does not match its hash"


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


def reread(text: str, *, where: str) -> Entry:
    """Read an entry that the ledger wrote, or raise `IntegrityError` if it is none or its seal is broken."""
    try:
        entry = Entry.model_validate(read(text))
    except ValidationError as error:
        raise IntegrityError(f"{where} is not an entry: {explained(error)}") from error
    except ContractError as error:
        raise IntegrityError(f"{where} is not an entry: {error}") from error
    if digest(entry) != entry.hash:
        raise IntegrityError(f"{where}: {UNSEALED}")
    return entry


def append(decision: Decision, *, stream: str, after: Link, author: Author, cause: Cause, now: datetime) -> Entry:
    """Make the entry that follows `after`, or raise `ContractError` if it cannot be kept and read back the same."""
    if now.utcoffset() != timedelta():
        raise ContractError(f"recorded_at must be in UTC, got {now.isoformat()}")
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
            body=_body(decision),
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
    line = canonical(entry.model_dump(mode="json"))
    if len(line) > MOST_ENTRY_BYTES:
        said = f"takes {len(line)} bytes, expected at most {MOST_ENTRY_BYTES}"
        raise ContractError(f"entry {entry.kind!r} of {stream} {said}")
    recall(line)  # what an auditor could not read back is never written
    return entry


def _body(decision: Decision) -> dict[str, Any]:
    try:
        return decision.body.model_dump(mode="json")
    except ValueError as error:
        raise ContractError(f"the body of {decision.kind!r} cannot be kept: {str(error)[:160]}") from error


def snapshot(state: State, *, stream: str) -> str:
    """Write a state for the head, bounded so that a stream can grow for ever."""
    text = canonical(state.model_dump(mode="json"))
    if len(text) > MOST_STATE_BYTES:
        raise ContractError(f"the state of {stream} takes {len(text)} bytes, expected at most {MOST_STATE_BYTES}")
    return text.decode()


def refold(entries: Iterable[Entry], fold: Fold[State]) -> State:
    """Rebuild a state from the entries of its stream."""
    state = fold.state()
    for entry in entries:
        state = fold.evolve(state, entry)
    return state


@dataclass(frozen=True, slots=True)
class Mark:
    """What a proof keeps of an entry once its content is proved: its place, its links and its decision."""

    stream: str
    sequence: int
    previous: str
    hash: str
    decision_id: str

    @classmethod
    def of(cls, entry: Entry) -> "Mark":
        """Keep the mark of an entry, not its body."""
        return cls(entry.stream, entry.sequence, entry.previous, entry.hash, entry.decision_id)


def verify(entries: Iterable[Entry]) -> dict[str, Link]:
    """Prove every stream unbroken and give where each ends, or raise `IntegrityError` naming the first bad entry.

    Entries of one stream must come in order; streams may be interleaved. What a bare chain cannot show is an end cut
    off: compare the links returned with heads that you hold from elsewhere.
    """
    return chained(_sealed(entry) for entry in entries)


def chained(marks: Iterable[Mark]) -> dict[str, Link]:
    """Prove the links between entries whose content is proved already."""
    ends: dict[str, Link] = {}
    seen: dict[str, tuple[str, int]] = {}
    for mark in marks:
        if (problem := _problem(mark, ends.get(mark.stream, Link()), seen)) is not None:
            raise broken(mark, problem)
        ends[mark.stream] = Link(mark.sequence, mark.hash)
        seen[mark.decision_id] = (mark.stream, mark.sequence)
    return ends


def digest_of_line(line: bytes, sealed_with: str) -> str:
    """Hash an entry's canonical line without its hash, as `digest` does, and without writing it anew.

    The last `,"hash":` outside a string is the entry's own: only plain values come after it.
    """
    before, _, after = line.rpartition(f',"hash":"{sealed_with}"'.encode())
    return hashlib.sha256(before + after).hexdigest()


def broken(mark: Mark, reason: str) -> IntegrityError:
    """Name the entry at which a chain does not hold, and why."""
    return IntegrityError(f"{mark.stream} entry {mark.sequence}: {reason}")


def _sealed(entry: Entry) -> Mark:
    if digest(entry) != entry.hash:
        raise broken(Mark.of(entry), UNSEALED)
    return Mark.of(entry)


def _problem(mark: Mark, link: Link, seen: dict[str, tuple[str, int]]) -> str | None:
    if mark.sequence != link.sequence + 1:
        return f"follows entry {link.sequence}, expected sequence {link.sequence + 1}"
    if mark.previous != link.hash:
        return f"previous is {mark.previous[:12]}, expected {link.hash[:12]}, the hash of entry {link.sequence}"
    if (earlier := seen.get(mark.decision_id)) is not None:
        return f"decision {mark.decision_id[:12]} is already entry {earlier[1]} of {earlier[0]}"
    return None
