"""Look at live resources: many at once, told one after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.at_once import in_order
from holdfast.compliance.borne import tags_of
from holdfast.compliance.contract import Finding
from holdfast.compliance.doors import Requested
from holdfast.compliance.facts import Fact, GoneError, Readings
from holdfast.compliance.formats.judged import JudgedFinding, told
from holdfast.compliance.kind import Kind
from holdfast.compliance.logic import MOST_REASON, by_request, judge
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Governed, Rules
from holdfast.shared.errors import GovernanceError

LISTED = "resources_listed"
Told = tuple[JudgedFinding, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """All that is the same for every resource of one Region: who looks, by which rules, when, and what is watched."""

    account: Account
    rules: Rules
    now: datetime
    governed: Governed | None = None
    shared: dict[Any, Any] = field(default_factory=dict)

    def of_kind(self, kind: Kind, wants: Callable[[str], bool]) -> Iterator[Told]:
        """Judge the resources of a kind; the first alone, so that what all of them share is read once."""
        return in_order(partial(self._judged, kind), self._names(kind, wants), first_alone=True)

    def one(self, kind: Kind, name: str, requested: Fact | None = None) -> Told | None:
        """Judge one resource, by what its creator asked for if it is gone; `None` if it is gone and nobody knows."""
        resource = self.account.resource(kind, name)
        readings = self.account.readings(resource, kind, now=self.now, shared=self.shared)
        try:
            if kind.described is not None:
                _ = readings[kind.described]
            return self._told(resource, kind, self._findings(resource, kind, readings))
        except GoneError:
            if requested is None or kind.described is None:
                return None
        asked = Requested(kind.described, requested, readings)
        findings = self._findings(resource, kind, asked)
        return self._told(resource, kind, by_request(findings))

    def _judged(self, kind: Kind, name: str | GovernanceError) -> Told:
        if isinstance(name, GovernanceError):
            return (self._unlisted(kind, name),)
        return self.one(kind, name) or ()

    def _names(self, kind: Kind, wants: Callable[[str], bool]) -> Iterator[str | GovernanceError]:
        try:
            yield from filter(wants, self.account.names(kind, now=self.now))
        except (GovernanceError, NotImplementedError) as error:
            yield error if isinstance(error, GovernanceError) else GovernanceError(f"not offered here: {error}")

    def _findings(self, resource: Resource, kind: Kind, readings: Readings) -> tuple[Finding, ...]:
        if self.governed and not self.governed.watches(resource, partial(tags_of, kind, readings)):
            return ()
        return judge(resource, readings, self.rules, now=self.now)

    def _told(self, resource: Resource, kind: Kind, findings: Iterable[Finding]) -> Told:
        every = catalogue.every_control()
        return tuple(told(one, every.get(one.control), resource, kind, now=self.now) for one in findings)

    def _unlisted(self, kind: Kind, why: GovernanceError) -> JudgedFinding:
        """Say that resources of a kind may be there that nobody looked at: that is no pass."""
        return JudgedFinding(
            resource_type=kind.resource_type, resource="*", kind=kind.id, account=self.account.account,
            region=self.account.region, control=LISTED, references=(), severity="medium", verdict="unknown",
            reason=str(why)[:MOST_REASON], title=f"every {kind.noun} can be listed",
            rationale="What cannot be listed is not judged, which must not look like a pass.",
            advice="Grant the permission that the reason names, or leave the kind out with --kind.",
            observed_at=self.now,
        )  # fmt: skip
