"""A bucket as a control sees it: its verdict, the state it was given on, and the digest of that state."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.compliance.chosen import Only
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Fact, Facts, Read, Readings, UnknownFactError, Unread
from holdfast.compliance.logic import judge
from holdfast.compliance.remediation.effects import plain
from holdfast.compliance.remedy import Remedy
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Rules
from holdfast.shared.canonical import canonical
from holdfast.shared.errors import ContractError


class UnreadableError(ContractError):
    """A part of the state could not be read: nothing may be concluded from the rest."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one control says of one bucket, and on which facts."""

    control: Control
    resource: Resource
    verdict: str
    reason: str
    facts: Mapping[Read, Fact]
    answer: Remedy | str

    @property
    def state(self) -> dict[str, Fact]:
        """Give the facts by their ids, as JSON keeps them."""
        return {read.id: plain(fact) for read, fact in self.facts.items()}

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the state."""
        return digest_of(self.state)


def digest_of(state: Mapping[str, Fact]) -> str:
    """Hash a state: a plan is bound to it."""
    return hashlib.sha256(canonical(dict(state))).hexdigest()


def reads_of(control: Control) -> tuple[Read, ...]:
    """Name what a plan is bound to: all that the control judges by, and all that its remedy looks at."""
    more = control.remediation.reads if control.remediation is not None else ()
    return tuple(sorted({*control.reads, *more}, key=lambda read: read.id))


def look(control: Control, resource: Resource, readings: Readings, rules: Rules, *, now: datetime) -> Look:
    """Judge one control and ask for its remedy, on one and the same state; raises `UnreadableError`, `GoneError`."""
    facts = _Given({read: _read(read, readings) for read in reads_of(control)})
    [finding] = judge(resource, facts, Only(rules, control), now=now)
    answer = _answer(control, resource, facts, rules, now=now) if finding.verdict == "fail" else "nothing to put right"
    return Look(control, resource, finding.verdict, finding.reason, facts, answer)


def _read(read: Read, readings: Readings) -> Fact:
    found = readings[read]
    if isinstance(found, Unread):
        raise UnreadableError(f"{read.id} {found.reason}")
    return found


def _answer(control: Control, resource: Resource, facts: Readings, rules: Rules, *, now: datetime) -> Remedy | str:
    if control.remediation is None:
        return "the control offers no remediation"
    given = Facts(resource, facts, now=now, parameters=rules.parameters(control, resource))
    try:
        return control.remediation.propose(given)
    except (ContractError, UnknownFactError) as error:
        return f"no plan can be made: {error}"


class _Given(dict[Read, Any]):
    """Facts read beforehand; any other was not declared."""

    def __missing__(self, read: Read) -> Unread:
        return Unread(f"{read.id} is not among the reads that a plan would be bound to")
