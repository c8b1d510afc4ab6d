"""Carry a plan out, or take it back: the same code in the remediator and at an operator's desk."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from holdfast.compliance.facts import GoneError
from holdfast.compliance.policy import Mode
from holdfast.compliance.remediation.carrying import (
    Plan,
    applied,
    begin,
    begin_undo,
    failed,
    is_back,
    is_before,
    standing,
    to_restore,
    undone,
    unmade,
)
from holdfast.compliance.remediation.entries import PlannedCall
from holdfast.compliance.remediation.look import Look, UnreadableError
from holdfast.compliance.remediation.state import FOLD, Held, RemediationState
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.shared.errors import ConfigurationError, GovernanceError, TransientError

PAUSES_SECONDS = (0.0, 0.5, 1.0, 2.0)
HOLDS = frozenset({"pass", "not_applicable"})


class Hands(Protocol):
    """A bucket that can be looked at and changed."""

    def look(self, *, now: datetime) -> Look:
        """Read it and judge the plan's control."""
        ...

    def make(self, call: PlannedCall) -> None:
        """Make one call."""
        ...


@dataclass(frozen=True)
class Execution:
    """One attempt at one plan; `is_last` says that nobody tries again after it."""

    plan: Plan
    hands: Hands
    ledger: Ledger
    cause: Cause
    now: Callable[[], datetime]
    is_last: bool
    made: list[PlannedCall] = field(default_factory=list)

    def carry_out(self, *, mode: Mode) -> Entry | None:
        """Begin, make the calls, see that they took effect, and record the outcome; `None` if that is on record."""
        begun = self._commit(lambda state: begin(state, self.plan, mode=mode, now=self.now()))
        held = self._held()
        if held is None or held.status != "begun":
            return begun
        try:
            return self._change(held, is_fresh=begun is not None)
        except GoneError as error:
            return self._end(held, self.plan.refuse("gone", str(error), held=held))

    def take_back(self, *, forced: bool) -> Entry | None:
        """Bring back the state before, unless the bucket is not as the plan left it any more."""
        before = self._held()
        if before is not None and before.status == "applied" and not forced:
            self._refuse_changed(before)
        self._commit(lambda state: begin_undo(state, self.plan, forced=forced, now=self.now()))
        if (held := self._held()) is None:
            raise ConfigurationError(f"plan {self.plan.id[:12]} was superseded meanwhile: nothing was changed")
        try:
            left = self._restore(self.hands.look(now=self.now()), forced=forced)
        except GoneError as error:
            return self._end(held, self.plan.refuse("gone", str(error), held=held))
        if left:
            why = "what it had changed could not be taken back"
            return self._end(held, failed(self.plan, held, why=why, made=self._names(), left=tuple(left)))
        return self._end(held, undone(self.plan, held, made=self._names(), forced=forced))

    def _refuse_changed(self, held: Held) -> None:
        if self.hands.look(now=self.now()).digest != held.after:
            said = f"{self.plan.body.resource} changed since plan {self.plan.id[:12]} was applied"
            raise ConfigurationError(f"{said}: --force takes it back all the same")

    def _change(self, held: Held, *, is_fresh: bool) -> Entry | None:
        try:
            seen = self.hands.look(now=self.now())
        except (UnreadableError, TransientError) as error:
            if self._is_worth_another_try(error):
                raise
            if is_fresh:
                return self._end(held, self.plan.refuse("unreadable", str(error), held=held))
            return self._fail(held, f"it cannot be told how far it came: {error}")
        stands = standing(self.plan, seen.facts)
        if is_fresh and stands != "before":
            return self._end(held, self.plan.refuse("changed", "the bucket changed since the plan", held=held))
        if is_fresh and seen.verdict != "fail":
            return self._end(held, self.plan.refuse("obsolete", f"the control's verdict is {seen.verdict}", held=held))
        if stands == "changed":
            return self._fail(held, "someone else changed the bucket while it was carried out")
        return self._go_on(held, self.plan.body.calls if stands == "before" else unmade(self.plan, seen.facts))

    def _go_on(self, held: Held, calls: Sequence[PlannedCall]) -> Entry | None:
        try:
            self._make(calls)
            after = self._effect()
        except GovernanceError as error:
            if self._is_worth_another_try(error):
                raise
            return self._fail(held, str(error))
        return self._end(held, applied(self.plan, held, after=after.digest, made=self._names()))

    def _make(self, calls: Sequence[PlannedCall]) -> None:
        for call in calls:
            self.made.append(call)
            self.hands.make(call)

    def _effect(self) -> Look:
        """See the control hold; raises `TransientError` if the change does not show, else what is still wrong."""
        for pause in PAUSES_SECONDS:
            time.sleep(pause)
            seen = self.hands.look(now=self.now())
            if seen.verdict in HOLDS:
                return seen
        if unmade(self.plan, seen.facts):
            raise TransientError(f"{self.plan.body.resource} does not show the change yet")
        raise ConfigurationError(f"the change was made and the control does not hold: {seen.reason}")

    def _fail(self, held: Held, why: str) -> Entry | None:
        """Bring back the state before, as far as it was us who changed it, and say so loudly."""
        try:
            left = self._restore(self.hands.look(now=self.now()), forced=False)
        except GovernanceError as error:
            if self._is_worth_another_try(error):
                raise
            left = [str(error)[:200]]
        return self._end(held, failed(self.plan, held, why=why, made=self._names(), left=tuple(left)))

    def _restore(self, seen: Look, *, forced: bool) -> list[str]:
        """Make the calls of the undoing that are called for, and name what is not as it was after them."""
        ours, foreign = to_restore(self.plan, seen.facts)
        away = [call for call in self.plan.body.undo if not is_before(self.plan, call, seen.facts)]
        wanted = away if forced else ours
        left = [] if forced else [f"{name} was changed by someone else since" for name in foreign]
        for call in wanted:
            try:
                self.made.append(call)
                self.hands.make(call)
            except GovernanceError as error:
                if self._is_worth_another_try(error):
                    raise
                left.append(str(error)[:200])
        if wanted and not left:
            left = self._not_back()
        return left

    def _not_back(self) -> list[str]:
        for pause in PAUSES_SECONDS:
            time.sleep(pause)
            facts = self.hands.look(now=self.now()).facts
            lost = [call.operation for call in self.plan.body.undo if not is_back(self.plan, call, facts)]
            if not lost:
                break
        return [f"{operation} does not show" for operation in lost]

    def _held(self) -> Held | None:
        return self.plan.held(self.ledger.state(self.plan.stream, FOLD))

    def _is_worth_another_try(self, error: GovernanceError) -> bool:
        """Tell whether this attempt should end here: the queue brings the next one, or the bucket is gone."""
        return isinstance(error, GoneError) or (isinstance(error, TransientError) and not self.is_last)

    def _names(self) -> tuple[str, ...]:
        return tuple(call.operation for call in self.made)

    def _commit(self, decide: Callable[[RemediationState], Decision | None]) -> Entry | None:
        return self.ledger.commit(self.plan.stream, FOLD, decide, cause=self.cause, now=self.now())

    def _end(self, held: Held, decision: Decision) -> Entry | None:
        """Record an outcome, unless another has recorded one since."""
        return self._commit(lambda state: decision if self.plan.held(state) == held else None)
