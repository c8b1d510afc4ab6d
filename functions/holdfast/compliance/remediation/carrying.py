"""Decide how a plan is begun, continued and ended: facts in, decision out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from holdfast.compliance.facts import Fact, Read
from holdfast.compliance.policy import Mode
from holdfast.compliance.remediation.effects import plain, read_of, shows
from holdfast.compliance.remediation.entries import (
    MOST_REASON,
    PlannedCall,
    Refusal,
    RemediationApplied,
    RemediationApproved,
    RemediationBegun,
    RemediationFailed,
    RemediationPlanned,
    RemediationUndone,
)
from holdfast.compliance.remediation.look import digest_of
from holdfast.compliance.remediation.planning import refusal
from holdfast.compliance.remediation.state import OPEN, UNDER_WAY, Held, RemediationState, Status
from holdfast.ledger.contract import Decision, Entry
from holdfast.shared.errors import ConfigurationError, IntegrityError, TransientError

PATIENCE = timedelta(minutes=20)
APPROVABLE: frozenset[Status] = frozenset({"planned", "awaiting_approval", "restored", "undone", "unreadable"})
UNDOABLE: frozenset[Status] = frozenset({"applied", "not_restored", "taking_back", "begun"})
Standing = Literal["before", "ours", "changed"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, the entry that holds it, and who carries it out."""

    id: str
    subject: str
    stream: str
    body: RemediationPlanned
    by: str
    run: str

    @classmethod
    def of(cls, entry: Entry, *, by: str, run: str) -> "Plan":
        """Read a plan, or raise `ContractError` if the entry is none; who comes again under the same `run` goes on."""
        return cls(entry.decision_id, entry.subject, entry.stream, RemediationPlanned.of(entry), by, run)

    @property
    def control(self) -> str:
        """Name the control that it puts right."""
        return self.body.control

    def held(self, state: RemediationState) -> Held | None:
        """Give how it stands, unless another has taken its place."""
        held = state.held.get(self.control)
        return held if held is not None and held.plan == self.id else None

    def refuse(self, code: Refusal, reason: str, *, held: Held | None = None) -> Decision:
        """Record that it will not be carried out."""
        departs = held.sequence if held is not None else 0
        return refusal(self.id, self.control, self.subject, code, reason, by=self.by, departs=departs)


def plan_of(order: Entry, find: Callable[[str], Entry | None]) -> Entry:
    """Give the entry of the plan that an entry orders, or raise: an announcement alone orders nothing."""
    if order.kind == RemediationPlanned.kind and order.outcome == "ordered":
        return order
    approved = RemediationApproved.of(order)
    if (found := find(approved.plan)) is None:
        raise IntegrityError(f"decision {order.decision_id} approves plan {approved.plan}, which is not in the ledger")
    return found


def approve(state: RemediationState, plan: Plan, *, mode: Mode, now: datetime) -> Decision | None:
    """Record that a person allows a plan; raises `ConfigurationError` if it is not theirs to allow any more."""
    held = plan.held(state)
    if held is None:
        raise ConfigurationError(f"plan {plan.id[:12]} is superseded: `holdfast remediate show` names the latest")
    if held.status == "approved":
        return None
    if held.status not in APPROVABLE:
        raise ConfigurationError(f"plan {plan.id[:12]} is {held.status}, expected one that awaits approval")
    if mode not in ("approve", "auto"):
        raise ConfigurationError(
            f"the manifest says {mode} for {plan.control} on {plan.body.resource}, expected approve or auto"
        )
    if now >= plan.body.expires_at:
        raise ConfigurationError(f"plan {plan.id[:12]} expired at {plan.body.expires_at.isoformat()}")
    body = RemediationApproved(control=plan.control, plan=plan.id, by=plan.by)
    said = f"{plan.control}: approved by {plan.by}"[:MOST_REASON]
    return Decision(body.kind, plan.subject, "approved", said, body, (plan.id, str(held.sequence)))


def begin(state: RemediationState, plan: Plan, *, mode: Mode, now: datetime) -> Decision | None:
    """Record that a plan is begun, or why not; `None` if it is begun already or has its outcome."""
    held = plan.held(state)
    if held is None:
        return plan.refuse("superseded", "a later plan took its place")
    if held.status == "begun":
        _wait_for(held, plan, now=now)
        return None
    if held.status not in OPEN:
        return None
    if (refused := _refused(held, plan, mode=mode, now=now)) is not None:
        return refused
    if (other := state.under_way()) is not None:
        raise TransientError(f"plan {other.plan[:12]} is under way on {plan.body.resource}: one at a time")
    return _begun(plan, held, takes_back=False)


def begin_undo(state: RemediationState, plan: Plan, *, forced: bool, now: datetime) -> Decision | None:
    """Record that a plan is being taken back; raises `ConfigurationError` if there is nothing to take back."""
    held = plan.held(state)
    if held is None or held.status not in UNDOABLE:
        how = "superseded" if held is None else held.status.replace("_", " ")
        raise ConfigurationError(f"plan {plan.id[:12]} is {how}: there is nothing to take back")
    if held.status in UNDER_WAY and not forced:
        _wait_for(held, plan, now=now)
    if held.status == "taking_back":
        return None
    if (other := state.under_way()) is not None and other.plan != plan.id:
        raise TransientError(f"plan {other.plan[:12]} is under way on {plan.body.resource}: one at a time")
    return _begun(plan, held, takes_back=True)


def standing(plan: Plan, facts: Mapping[Read, Fact]) -> Standing:
    """Tell whether the bucket is as it was planned for, half changed by this plan, or changed by someone else."""
    state = {read.id: plain(fact) for read, fact in facts.items()}
    if digest_of(state) == plan.body.digest:
        return "before"
    touched = {read_of(call, facts).id for call in plan.body.calls}
    others = [name for name in state if name not in touched and state[name] != plan.body.before.get(name)]
    foreign = [call for call in plan.body.calls if not is_before(plan, call, facts) and not is_made(plan, call, facts)]
    return "changed" if others or foreign else "ours"


def is_made(plan: Plan, call: PlannedCall, facts: Mapping[Read, Fact]) -> bool:
    """Tell whether the setting that a call changes shows what this call, or a later one of the plan, made of it."""
    read = read_of(call, facts)
    same = (one for one in plan.body.calls if read_of(one, facts) is read)
    return any(shows(one, plain(facts[read])) for one in same)


def is_before(plan: Plan, call: PlannedCall, facts: Mapping[Read, Fact]) -> bool:
    """Tell whether the setting that a call changes is as it was."""
    read = read_of(call, facts)
    return bool(plain(facts[read]) == plan.body.before.get(read.id))


def is_back(plan: Plan, call: PlannedCall, facts: Mapping[Read, Fact]) -> bool:
    """Tell whether the setting that a call of the undoing changes is as it was, or as near as S3 lets it be."""
    return is_before(plan, call, facts) or shows(call, plain(facts[read_of(call, facts)]))


def unmade(plan: Plan, facts: Mapping[Read, Fact]) -> list[PlannedCall]:
    """Give the calls whose effect is not there yet."""
    return [call for call in plan.body.calls if not is_made(plan, call, facts)]


def to_restore(plan: Plan, facts: Mapping[Read, Fact]) -> tuple[list[PlannedCall], list[str]]:
    """Give the calls that bring back what this plan changed, and the settings that someone else has changed since."""
    away = [call for call in plan.body.undo if not is_before(plan, call, facts)]
    ours = [call for call in away if is_made(plan, call, facts)]
    lost = [call for call in away if call not in ours and not is_back(plan, call, facts)]
    return ours, [read_of(call, facts).id for call in lost]


def applied(plan: Plan, held: Held, *, after: str, made: tuple[str, ...]) -> Decision:
    """Record that the plan is carried out and the control holds."""
    body = RemediationApplied(
        control=plan.control, plan=plan.id, by=plan.by, automatic=held.automatic, before=plan.body.digest, after=after,
        made=made,
    )  # fmt: skip
    how = plan.body.does if made else f"{plan.body.does}: it was done already"
    return _ending(plan, held, body, "applied", f"{how}; the control holds")


def failed(plan: Plan, held: Held, *, why: str, made: tuple[str, ...], left: tuple[str, ...]) -> Decision:
    """Record that the plan could not be carried out, and whether the bucket is as it was."""
    body = RemediationFailed(control=plan.control, plan=plan.id, by=plan.by, made=made, left=left)
    outcome = "not_restored" if left else "restored"
    rest = f"; NOT as it was: {', '.join(left)}" if left else "; the bucket is as it was"
    return _ending(plan, held, body, outcome, f"{why[: MOST_REASON - 120]}{rest}")


def undone(plan: Plan, held: Held, *, made: tuple[str, ...], forced: bool) -> Decision:
    """Record that what the plan had changed is as it was."""
    body = RemediationUndone(control=plan.control, plan=plan.id, by=plan.by, forced=forced, made=made)
    return _ending(plan, held, body, "undone", "what the plan had changed is as it was before")


def _ending(
    plan: Plan, held: Held, body: RemediationApplied | RemediationFailed | RemediationUndone, outcome: str, said: str
) -> Decision:
    reason = f"{plan.control}: {said}"[:MOST_REASON]
    return Decision(body.kind, plan.subject, outcome, reason, body, (plan.id, str(held.sequence)))


def _begun(plan: Plan, held: Held, *, takes_back: bool) -> Decision:
    body = RemediationBegun(control=plan.control, plan=plan.id, by=plan.by, run=plan.run, takes_back=takes_back)
    outcome = "taking_back" if takes_back else "begun"
    said = f"{plan.control}: {'taking back' if takes_back else 'carrying out'}: {plan.body.does}"[:MOST_REASON]
    return Decision(body.kind, plan.subject, outcome, said, body, (plan.id, outcome, str(held.sequence)))


def _wait_for(held: Held, plan: Plan, *, now: datetime) -> None:
    """Let another who began the plan finish, or be taken for dead."""
    if held.run != plan.run and now - held.since < PATIENCE:
        raise TransientError(f"plan {plan.id[:12]} is under way by {held.by} since {held.since.isoformat()}")


def _refused(held: Held, plan: Plan, *, mode: Mode, now: datetime) -> Decision | None:
    if now >= plan.body.expires_at:
        return plan.refuse("expired", f"the plan expired at {plan.body.expires_at.isoformat()}", held=held)
    if mode not in ("approve", "auto"):
        return plan.refuse("not_permitted", f"the manifest says {mode} by now", held=held)
    if held.status != "approved" and (mode != "auto" or held.status != "ordered"):
        return plan.refuse("not_permitted", f"nobody approved it, and the manifest says {mode} by now", held=held)
    return None
