"""Where a refused batch is kept, and how its original is marked: pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.batches.entries import NO_VERSION, BatchJudged, BatchQuarantined, ObjectRead
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


def copy_key(judged: BatchJudged) -> str:
    """Name the copy: one place for one content of one version, whatever the key holds."""
    version = judged.version_id if judged.version_id != NO_VERSION else f"{NO_VERSION}-{judged.etag}"
    name = judged.key.rsplit("/", 1)[-1].encode()[-MOST_NAME_BYTES:].decode(errors="ignore")
    return f"{judged.model}/{judged.bucket}/{version}/{hashlib.sha256(judged.key.encode()).hexdigest()}/{name}"


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


def decide(judged: BatchJudged, *, verdict: str, copied: ObjectRead | None, marking: Marking | None) -> Decision:
    """Record what was done about a refused batch."""
    tagged = marking is not None and marking.tags.get(TAG) == QUARANTINED
    note = marking.note if marking is not None else "the object is gone or overwritten: its mark was not set"
    source = ObjectRead(bucket=judged.bucket, key=judged.key, version_id=judged.version_id, etag=judged.etag)
    body = BatchQuarantined(
        verdict=verdict, model=judged.model, source=source, copied_to=copied, tagged=tagged, note=note
    )  # fmt: skip
    outcome = "copied" if copied is not None else "gone"
    said = "copied aside and marked" if copied else "gone or overwritten before it could be copied"
    return Decision(body.kind, judged.model, outcome, said if note is None or copied is None else f"{said}: {note}",
                    body, (verdict,))  # fmt: skip
