"""Where the remediation of a bucket stands: a fold over its entries."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.compliance.policy import Mode
from holdfast.compliance.remediation.entries import (
    OfControl,
    OfPlan,
    Refusal,
    RemediationApplied,
    RemediationApproved,
    RemediationBegun,
    RemediationFailed,
    RemediationPlanned,
    RemediationRefused,
    RemediationRuledOut,
    RemediationUndone,
)
from holdfast.ledger.contract import DecisionId, Entry, Fold

KEPT = 5
Status = (
    Literal["planned", "awaiting_approval", "ordered", "approved", "begun", "taking_back", "applied", "undone"]
    | Literal["ruled_out", "restored", "not_restored"]
    | Refusal
)
OPEN: frozenset[Status] = frozenset({"planned", "awaiting_approval", "ordered", "approved"})
UNDER_WAY: frozenset[Status] = frozenset({"begun", "taking_back"})
BODIES: dict[str, type[OfControl]] = {
    body.kind: body
    for body in (
        RemediationPlanned, RemediationRuledOut, RemediationApproved, RemediationBegun, RemediationApplied,
        RemediationFailed, RemediationRefused, RemediationUndone,
    )
}  # fmt: skip


class Held(BaseModel):
    """The latest plan for one control: how it stands, since which entry, and what it left behind."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    plan: DecisionId
    status: Status
    mode: Mode = "off"
    digest: str
    expires_at: AwareDatetime | None = None
    sequence: int
    since: AwareDatetime
    automatic: bool = False
    run: str = ""
    by: str = ""
    after: str | None = None


class Automatic(BaseModel):
    """A change that nobody approved: of which state, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    digest: str
    after: str
    at: AwareDatetime


class RemediationState(BaseModel):
    """What is planned, under way and done for each control of one bucket."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    sequence: int = 0
    held: dict[str, Held] = {}
    automatic: dict[str, tuple[Automatic, ...]] = {}

    def under_way(self) -> Held | None:
        """Give the one plan that may have half changed the bucket."""
        return next((held for held in self.held.values() if held.status in UNDER_WAY), None)


def evolve(state: RemediationState, entry: Entry) -> RemediationState:
    """Fold an entry into where the remediation stands; what is said of any but the latest plan changes nothing."""
    if (kind := BODIES.get(entry.kind)) is None:
        return state
    body = kind.of(entry)
    held, moved = state.held.get(body.control), {"sequence": entry.sequence}
    if isinstance(body, OfPlan) and (held is None or held.plan != body.plan):
        return state.model_copy(update=moved)
    step = _begun(body, entry) if held is None or not isinstance(body, OfPlan) else _moved(held, body, entry)
    done = {**state.automatic, **_automatic(state, body, entry)}
    return state.model_copy(update={**moved, "held": {**state.held, body.control: step}, "automatic": done})


FOLD: Fold[RemediationState] = Fold(RemediationState, 1, evolve)


def _begun(body: OfControl, entry: Entry) -> Held:
    new = {"plan": entry.decision_id, "status": entry.outcome, "sequence": entry.sequence, "since": entry.recorded_at}
    if isinstance(body, RemediationPlanned):
        new |= {"mode": body.mode, "expires_at": body.expires_at, "automatic": entry.outcome == "ordered"}
    return Held.model_validate({**new, "digest": getattr(body, "digest", "")})


def _moved(held: Held, body: OfPlan, entry: Entry) -> Held:
    new: dict[str, object] = {
        "status": entry.outcome, "sequence": entry.sequence, "since": entry.recorded_at,
        "by": getattr(body, "by", held.by),
    }  # fmt: skip
    if isinstance(body, RemediationApplied):
        new["after"] = body.after
    elif isinstance(body, RemediationApproved):
        new["automatic"] = False
    elif isinstance(body, RemediationBegun):
        new["run"] = body.run
    return Held.model_validate({**held.model_dump(), **new})


def _automatic(state: RemediationState, body: OfControl, entry: Entry) -> dict[str, tuple[Automatic, ...]]:
    if not isinstance(body, RemediationApplied) or not body.automatic:
        return {}
    done = Automatic(digest=body.before, after=body.after, at=entry.recorded_at)
    return {body.control: (*state.automatic.get(body.control, ()), done)[-KEPT:]}
