"""Where a refused batch is kept, and how its original is marked: pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.batches.entries import MOST_REASON, NO_VERSION, BatchJudged, BatchQuarantined, ObjectRead
from holdfast.batches.verdict import Level
from holdfast.ledger.contract import Decision, Entry, identify
from holdfast.shared.errors import ContractError

TAG, DECISION_TAG = "holdfast", "holdfast-decision"
QUARANTINED = "quarantined"
MOST_TAGS = 10
MOST_IN_ONE_COPY = 5 * 1024**3
PART = 1024**3
MOST_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A range of bytes that one call copies."""

    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Marking:
    """The tags an object is to have, and what could not be said in them."""

    tags: Mapping[str, str]
    note: str | None


def order_of(entry: Entry) -> BatchJudged:
    """Read the verdict that orders a quarantine, or raise `ContractError` if it orders none."""
    judged = BatchJudged.of(entry)
    if judged.level != Level.QUARANTINED:
        raise ContractError(f"decision {entry.decision_id} is {judged.level}, only quarantined batches are copied")
    return judged


def outcome_id(verdict: str) -> str:
    """Give the decision id that the outcome of a verdict's quarantine has."""
    return identify(BatchQuarantined.kind, verdict)


def objects_of(judged: BatchJudged) -> tuple[ObjectRead, ...]:
    """Give what is set aside: the object that was told of first, then each part of what it closes."""
    return (judged.source, *judged.parts)


def copy_key(model: str, source: ObjectRead) -> str:
    """Name the copy: one place for one content of one version, whatever the key holds."""
    version = source.version_id if source.version_id != NO_VERSION else f"{NO_VERSION}-{source.etag}"
    name = source.key.rsplit("/", 1)[-1].encode()[-MOST_NAME_BYTES:].decode(errors="ignore")
    return f"{model}/{source.bucket}/{version}/{hashlib.sha256(source.key.encode()).hexdigest()}/{name}"


def parts(size: int) -> tuple[Part, ...]:
    """Plan the parts of a large copy; the same size always gives the same plan."""
    starts = range(0, size, PART)
    return tuple(Part(number, first, min(first + PART, size) - 1) for number, first in enumerate(starts, 1))


def marked(existing: Mapping[str, str], verdict: str) -> Marking:
    """Add our tags to an object's own and drop none of them: where there is no room, say so."""
    wanted = {TAG: QUARANTINED, DECISION_TAG: verdict}
    tags = dict(existing)
    for key, value in wanted.items():
        if key in tags or len(tags) < MOST_TAGS:
            tags[key] = value
    missing = sorted(wanted.keys() - tags.keys())
    note = f"no room for the tag {' and '.join(missing)} beside the object's own {len(existing)}" if missing else None
    return Marking(tags, note)


def unmarked(existing: Mapping[str, str], verdict: str) -> Mapping[str, str]:
    """Take our tags off an object, as far as they are of this verdict, and leave everyone else's."""
    if existing.get(DECISION_TAG, verdict) != verdict:
        return existing
    ours = {TAG: QUARANTINED, DECISION_TAG: verdict}
    return {key: value for key, value in existing.items() if ours.get(key) != value}


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was done about one object of a refused batch: its copy and its mark, or neither if it is gone."""

    copied: ObjectRead | None
    marking: Marking | None


UNMARKED = Marking({}, "released meanwhile: it bears no mark")


def decide(judged: BatchJudged, done: Sequence[SetAside], *, verdict: str) -> Decision:
    """Record what was done about a refused batch: of the object that was told of, and of its parts."""
    first, parts_done = done[0], done[1:]
    copied = [one.copied for one in done if one.copied is not None]
    gone = sum(one.copied is None for one in parts_done)
    notes = dict.fromkeys(note for note in map(_note, done) if note is not None)
    if gone and copied:
        notes[f"{gone} of {len(parts_done)} parts are gone or overwritten"] = None
    note = "; ".join(notes)[:MOST_REASON] or None
    body = BatchQuarantined(
        verdict=verdict, model=judged.model, source=judged.source, copied_to=first.copied,
        tagged=all(_is_marked(one) for one in done), note=note, parts_copied=len(parts_done) - gone, parts_gone=gone,
    )  # fmt: skip
    outcome = "copied" if copied else "gone"
    said = "copied aside and marked" if copied else "gone or overwritten before it could be copied"
    reason = said if note is None or not copied else f"{said}: {note}"
    return Decision(body.kind, judged.model, outcome, reason, body, (verdict,))


def _is_marked(done: SetAside) -> bool:
    return done.marking is not None and done.marking.tags.get(TAG) == QUARANTINED


def _note(done: SetAside) -> str | None:
    return "the object is gone or overwritten: its mark was not set" if done.marking is None else done.marking.note
