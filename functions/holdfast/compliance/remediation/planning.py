"""Decide what to plan for a control that fails: facts in, decision out."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from holdfast.compliance.facts import Fact
from holdfast.compliance.policy import Mode
from holdfast.compliance.remediation.effects import change_of, plain, read_of
from holdfast.compliance.remediation.entries import (
    MOST_REASON,
    PlannedCall,
    Refusal,
    RemediationPlanned,
    RemediationRefused,
    RemediationRuledOut,
)
from holdfast.compliance.remediation.look import Look
from holdfast.compliance.remediation.state import OPEN, UNDER_WAY, Held, RemediationState, Status
from holdfast.compliance.remedy import Remedy, Step
from holdfast.ledger.contract import Decision
from holdfast.shared.canonical import canonical
from holdfast.shared.errors import ContractError

LIFE = timedelta(days=7)
DAY = timedelta(days=1)
MOST_A_DAY = 3
MOST_BYTES = 200 * 1024
PLANNER = "planner"
ORDERS: Mapping[Mode, str] = {"plan": "planned", "approve": "awaiting_approval", "auto": "ordered"}
RESTING: frozenset[Status] = frozenset({"restored", "not_restored", "undone", "unreadable", "gone", "ruled_out"})
"""How a plan ended that is not made again for the same state while it would still be valid."""
MISSED: frozenset[Status] = frozenset({"restored", "not_restored", "undone"})


def plan(
    state: RemediationState, look: Look, *, mode: Mode, judged: str | None, now: datetime, is_own: bool = False
) -> Decision | None:
    """Decide what to record for a control as its bucket is now; `is_own` says that we changed the bucket ourselves."""
    held = state.held.get(look.control.id)
    if (reason := _needless(look, mode)) is not None:
        return None if look.verdict == "unknown" else withdrawn(held, look.control.id, look.resource.subject, reason)
    if is_own and (held is None or held.status not in OPEN):
        return None
    if held is not None and _stands(held, look, mode, now=now):
        return None
    if isinstance(look.answer, str):
        return _ruled_out(look, look.answer, held)
    try:
        return _planned(state, look, look.answer, mode=mode, judged=judged, now=now)
    except ContractError as error:
        return _ruled_out(look, str(error), held)


def withdrawn(held: Held | None, control: str, subject: str, reason: str) -> Decision | None:
    """Close a plan that nobody has begun and that is not needed any more."""
    if held is None or held.status not in OPEN:
        return None
    return refusal(held.plan, control, subject, "obsolete", reason, by=PLANNER, departs=held.sequence)


def refusal(plan_id: str, control: str, subject: str, code: Refusal, reason: str, *, by: str, departs: int) -> Decision:
    """Record that a plan will not be carried out."""
    body = RemediationRefused(control=control, plan=plan_id, by=by)
    said = f"{control}: {reason}"[:MOST_REASON]
    return Decision(body.kind, subject, code, said, body, (plan_id, code, str(departs)))


def held_back(state: RemediationState, look: Look, *, now: datetime) -> str | None:
    """Say why a plan waits for a person although the manifest says auto: it was tried and did not hold."""
    control, digest = look.control.id, look.digest
    done, held = state.automatic.get(control, ()), state.held.get(control)
    for one in reversed(done):
        if digest in (one.digest, one.after):
            return f"it was changed automatically on {one.at:%Y-%m-%d %H:%M} UTC and that did not hold"
    if sum(now - one.at < DAY for one in done) >= MOST_A_DAY:
        return f"it was changed automatically {MOST_A_DAY} times within a day and that did not hold"
    if held is not None and held.digest == digest and held.status in MISSED:
        return f"the last plan for this state ended {held.status.replace('_', ' ')}"
    return None


def _needless(look: Look, mode: Mode) -> str | None:
    if look.verdict != "fail":
        return f"no plan is needed any more: {look.verdict.replace('_', ' ')}"
    return "the manifest switches its remediation off" if mode == "off" else None


def _stands(held: Held, look: Look, mode: Mode, *, now: datetime) -> bool:
    """Tell whether what is on record says all there is to say."""
    if held.status in UNDER_WAY:
        return True
    if held.digest != look.digest:
        return False
    if held.status == "ruled_out":
        return isinstance(look.answer, str)
    if held.expires_at is None or now >= held.expires_at:
        return False
    return held.status in RESTING or (held.status in OPEN and held.mode == mode)


def _planned(
    state: RemediationState, look: Look, remedy: Remedy, *, mode: Mode, judged: str | None, now: datetime
) -> Decision:
    held, control = state.held.get(look.control.id), look.control
    waits = held_back(state, look, now=now) if mode == "auto" else None
    outcome = ORDERS[mode] if waits is None else ORDERS["approve"]
    calls = tuple(_call(step, look) for step in remedy.apply)
    by_id: dict[str, Fact] = look.state
    body = RemediationPlanned(
        control=control.id, resource_kind=look.resource.kind, resource=look.resource.name,
        account=look.resource.account, region=look.resource.region, mode=mode, broken=look.reason, does=remedy.does,
        calls=calls, undo=tuple(_call(step, look) for step in remedy.undo),
        changes=tuple(change_of(call, by_id[read_of(call, look.facts).id]) for call in calls), before=by_id,
        digest=look.digest, expires_at=now + LIFE,
        supersedes=held.plan if held is not None and held.status in OPEN else None, judged=judged, held_back=waits,
    )  # fmt: skip
    if (size := len(canonical(body.model_dump(mode="json")))) > MOST_BYTES:
        raise ContractError(f"the state takes {size} bytes, more than an entry can hold to bring it back")
    said = f"{control.id}: {remedy.does}" + (f"; waits for approval: {waits}" if waits else "")
    facts = (look.resource.subject, control.id, look.digest, mode, outcome, _departure(held))
    return Decision(body.kind, look.resource.subject, outcome, said[:MOST_REASON], body, facts)


def _ruled_out(look: Look, reason: str, held: Held | None) -> Decision | None:
    if held is not None and (held.status, held.digest) == ("ruled_out", look.digest):
        return None
    body = RemediationRuledOut(control=look.control.id, digest=look.digest)
    facts = (look.resource.subject, look.control.id, look.digest, _departure(held))
    said = f"{look.control.id}: {reason}"[:MOST_REASON]
    return Decision(body.kind, look.resource.subject, "ruled_out", said, body, facts)


def _departure(held: Held | None) -> str:
    return str(held.sequence if held is not None else 0)


def _call(step: Step, look: Look) -> PlannedCall:
    """Write a step down; raises `ContractError` if it may not be made, or could not be seen to be made."""
    remediation = look.control.remediation
    if remediation is None or step.permission not in remediation.permissions:
        raise ContractError(f"{step.operation} takes {step.permission}, which the remediation does not declare")
    call = PlannedCall(operation=step.operation, permission=step.permission, arguments=plain(step.arguments))
    read_of(call, look.facts)
    return call
