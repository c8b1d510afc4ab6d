"""What letting a quarantined batch be used again means: pure."""

from holdfast.batches.entries import BatchJudged, BatchReleased, QuarantineLifted
from holdfast.batches.logic import BatchState
from holdfast.batches.verdict import Level, shown
from holdfast.ledger.contract import Decision, Entry, identify
from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError


def release(state: BatchState, verdict: Entry, *, by: str, why: str) -> Decision | None:
    """Record who lets a batch be used again, and why; `None` if that is on record.

    Raises `ConfigurationError` for what is not in quarantine by this verdict.
    """
    judged = BatchJudged.of(verdict)
    if state.verdict != verdict.decision_id or state.level != Level.QUARANTINED:
        said = state.level or "not judged"
        raise ConfigurationError(f"{shown(judged.key, most=200)} is {said}, only what is in quarantine is released")
    if not why.strip():
        raise ConfigurationError("a release needs its reason, got none")
    if state.is_released:
        return None
    body = BatchReleased(
        **judged.model_dump(include={"model", "bucket", "key", "version_id", "object_time"}),
        baseline=judged.era or judged.baseline, verdict=verdict.decision_id, by=by, why=printable(why.strip())[:300],
    )  # fmt: skip
    reason = f"released by {by}: {body.why}"
    return Decision(body.kind, judged.model, "released", printable(reason)[:1000], body, (verdict.decision_id,))


def lifted_id(release_id: str) -> str:
    """Give the decision id that the outcome of a release has."""
    return identify(QuarantineLifted.kind, release_id)


def lifted(released: Entry, *, unmarked: int, gone: int) -> Decision:
    """Record that the objects of a released batch bear our mark no more."""
    body = BatchReleased.of(released)
    said = QuarantineLifted(
        release=released.decision_id, verdict=body.verdict, model=body.model, unmarked=unmarked, gone=gone
    )  # fmt: skip
    left = f"; {gone} are gone or overwritten" if gone else ""
    outcome = "lifted" if unmarked else "gone"
    reason = f"our mark is taken off {unmarked} objects, the copies stay{left}"
    return Decision(said.kind, body.model, outcome, reason, said, (released.decision_id,))
