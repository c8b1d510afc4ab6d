"""The desk: the ledger, the manifest and the caller's own credentials."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.compliance.adapter import Account
from holdfast.compliance.policy import Mode
from holdfast.compliance.remediation import carrying
from holdfast.compliance.remediation.adapter import Bucket
from holdfast.compliance.remediation.carrying import Plan
from holdfast.compliance.remediation.entries import RemediationPlanned, stream_of
from holdfast.compliance.remediation.execution import Execution
from holdfast.compliance.remediation.state import FOLD, OPEN, UNDER_WAY, Held, RemediationState
from holdfast.compliance.rulebook import Governed
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Decision, Entry
from holdfast.ledger.logic import Author
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.clients import client
from holdfast.shared.errors import ConfigurationError, IntegrityError
from holdfast_console.caller import caller
from holdfast_console.check.surroundings import built_in

ACTOR = "holdfast remediate"
TO_DO = OPEN | UNDER_WAY | {"restored", "not_restored"}
TO_CARRY_OUT = frozenset({"approved", "ordered", "begun"})
REFERENCE = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class Shown:
    """The latest that is planned for one control of one bucket, and the entry that holds it."""

    held: Held
    entry: Entry
    control: str
    resource: str

    @property
    def plan(self) -> RemediationPlanned | None:
        """Give the plan, unless it was ruled out that there is one."""
        return RemediationPlanned.of(self.entry) if self.entry.kind == RemediationPlanned.kind else None

    def as_json(self) -> dict[str, Any]:
        """Give all that is known of it as one object."""
        said = {} if self.plan is None else self.plan.model_dump(mode="json", exclude={"schema_version", "before"})
        known = {"plan": self.held.plan, "resource": self.resource, "control": self.control}
        moved = {"status": self.held.status, "since": self.held.since.isoformat(), "by": self.held.by or None}
        return {**said, **known, **moved, "reason": self.entry.reason}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where plans are looked up and acted on, in the caller's name."""

    manifest: Manifest
    ledger: Ledger
    account: str
    arn: str

    @classmethod
    def open(cls, path: Path, *, region: str | None, table: str) -> "Desk":
        """Open the ledger as whoever's credentials these are; raises `ConfigurationError` if they cannot be told."""
        manifest = Manifest.load(path)
        if region is None and not manifest.buckets:
            raise ConfigurationError(f"{path} names no bucket: nothing may be changed, so nothing is planned")
        region = region or manifest.buckets[0].region
        account, arn = caller(region)
        ledger = Ledger(client("dynamodb", region), table, Author(ACTOR, manifest.digest))
        return cls(manifest, ledger, account, arn)

    def shown(self, names: Sequence[str] = (), *, everything: bool = False) -> Iterator[Shown]:
        """Give what is planned for these buckets, or for all that the manifest names."""
        for name in names or [bucket.name for bucket in self.manifest.buckets]:
            state = self.ledger.state(stream_of(f"s3_bucket/{name}"), FOLD)
            for control, held in sorted(state.held.items()):
                if everything or held.status in TO_DO:
                    yield Shown(held, self._entry(held.plan), control, name)

    def find(self, reference: str) -> Shown:
        """Find the plan of an id, or of the beginning of one; raises `ConfigurationError` unless there is one."""
        if not REFERENCE.fullmatch(reference):
            raise ConfigurationError(f"a plan is named by 6 or more characters of its id, got {reference[:80]!r}")
        found = [one for one in self.shown(everything=True) if one.held.plan.startswith(reference)]
        if len(found) != 1:
            said = f"{len(found)} plans begin with {reference}" if found else f"no bucket's latest plan is {reference}"
            raise ConfigurationError(f"{said}: `holdfast remediate show --all` lists them")
        if found[0].plan is None:
            raise ConfigurationError(f"for {found[0].control} on {found[0].resource} no plan could be made")
        return found[0]

    def approve(self, shown: Shown) -> Entry | None:
        """Record that the caller allows a plan; `None` if it is approved already."""
        plan = self._plan(shown)
        mode = self._mode(shown)

        def decide(state: RemediationState) -> Decision | None:
            return carrying.approve(state, plan, mode=mode, now=clock.now())

        return self.ledger.commit(plan.stream, FOLD, decide, cause=shown.entry.cause_of_next, now=clock.now())

    def apply(self, shown: Shown) -> Entry | None:
        """Carry an approved plan out with the caller's credentials; `None` if its outcome is on record."""
        if shown.held.status not in TO_CARRY_OUT:
            raise ConfigurationError(f"plan {shown.held.plan[:12]} is {shown.held.status}, expected an approved one")
        return self._execution(shown).carry_out(mode=self._mode(shown))

    def undo(self, shown: Shown, *, forced: bool) -> Entry | None:
        """Bring back the state before a plan with the caller's credentials."""
        return self._execution(shown).take_back(forced=forced)

    def _mode(self, shown: Shown) -> Mode:
        return self.manifest.remediation_mode(shown.resource, shown.control)

    def _plan(self, shown: Shown) -> Plan:
        return Plan.of(shown.entry, by=self.arn, run=self.arn)

    def _execution(self, shown: Shown) -> Execution:
        plan = self._plan(shown)
        clients = built_in(plan.body.region)
        account = Account(self.account, plan.body.region, partition=self.arn.split(":")[1], clients=clients,
                          is_patient=True)  # fmt: skip
        hands = Bucket(plan, clients("s3"), account, Governed(self.manifest))
        return Execution(
            plan=plan, hands=hands, ledger=self.ledger, cause=shown.entry.cause_of_next, now=clock.now, is_last=True
        )

    def _entry(self, plan: str) -> Entry:
        if (entry := self.ledger.entry(plan)) is None:
            raise IntegrityError(f"plan {plan} is in its stream's state and not in the ledger")
        return entry
