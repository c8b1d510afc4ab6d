"""The doors of a check: live resources, and what recorded events name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import click

from holdfast.compliance import catalogue
from holdfast.compliance.at_once import in_order
from holdfast.compliance.contract import CALL, RecordedCall
from holdfast.compliance.doors import Ignored, Look, looks
from holdfast.compliance.facts import Fact
from holdfast.compliance.kind import Kind
from holdfast.compliance.logic import rejudged
from holdfast.compliance.rulebook import Governed, Rules
from holdfast.manifest import Manifest
from holdfast.shared.contract import printable
from holdfast.shared.errors import ContractError
from holdfast_console.check.events import Body, Recorded, recorded, region_of, shown
from holdfast_console.check.live import Sweep, Told
from holdfast_console.check.surroundings import Surroundings


@dataclass(slots=True)
class Looking:
    """What a check looks at, and by which rules; `is_unread` once something asked for could not be looked at."""

    rules: Rules
    kinds: Sequence[Kind]
    name: str
    now: datetime
    manifest: Manifest | None = None
    is_unread: bool = False
    _sweeps: dict[str, Sweep] = field(default_factory=dict)

    def live(self, where: Surroundings) -> Iterator[Told]:
        """Judge the live resources of every Region; what is the same in all of them, in the first."""
        for region in where.regions:
            for kind in self.kinds:
                if region == where.regions[0] or not kind.is_global:
                    yield from self._sweep(where, region).of_kind(kind, self.wants)

    def events(self, where: Surroundings, files: Sequence[str]) -> Iterator[Told]:
        """Judge the live state of what events name, each resource once, and say of the others why not."""
        due = Due()
        for file in files:
            for event in recorded(file):
                self._note(event, where, due)
        for region, kind in due.kinds:
            yield from self._sweep(where, region).of_kind(catalogue.every_kind()[kind], self.wants)
        single = (key for key in due.resources if key[:2] not in due.kinds)
        for place, found in in_order(partial(self._one, where, due), single):
            if found is None:
                self._say(f"{place} is gone")
            else:
                yield found

    def declared(self, paths: Sequence[str], parameters: Path | None) -> Iterator[Told]:
        """Judge what templates declare; what is said of a whole template is wanted whatever the choice."""
        from holdfast_console.check.template import findings, parameters_in

        unwanted = catalogue.every_kind().keys() - {kind.id for kind in self.kinds}
        given = None if parameters is None else parameters_in(parameters)
        watches = Governed(self.manifest).watches if self.manifest else None
        for finding in findings(paths, self.rules, now=self.now, parameters=given, watches=watches):
            is_whole = finding.kind not in catalogue.every_kind()
            is_called = self.wants(finding.resource) or self.wants(finding.logical_id or "")
            if is_whole or (is_called and finding.kind not in unwanted):
                yield (finding,)

    def wants(self, name: str) -> bool:
        """Tell whether a resource of this name is wanted."""
        return fnmatchcase(name, self.name)

    def _sweep(self, where: Surroundings, region: str) -> Sweep:
        if region not in self._sweeps:
            governed = Governed(self.manifest) if self.manifest else None
            self._sweeps[region] = Sweep(where.seen_from(region), self.rules, self.now, governed)
        return self._sweeps[region]

    def _one(self, where: Surroundings, due: "Due", key: tuple[str, str, str]) -> tuple[str, Told | None]:
        region, kind_id, name = key
        kind = catalogue.every_kind()[kind_id]
        return f"{kind.noun} {name}", self._sweep(where, region).one(kind, name, due.resources[key])

    def _note(self, event: Recorded, where: Surroundings, due: "Due") -> None:
        """Note what one event makes worth a look."""
        try:
            found = _named(event, where)
        except ContractError as error:
            self.is_unread = True
            self._say(f"{event.place}: {shown(event.body)}: not judged: {error}")
            return
        if isinstance(found, Ignored):
            self._say(f"{event.place}: {found.what}: ignored: {found.reason}")
            return
        region, kinds = region_of(event.body) or where.regions[0], {kind.id: kind for kind in self.kinds}
        for kind_id in sorted(_fans_out(event.body) & kinds.keys()):
            due.kinds[where.home_of(kinds[kind_id], region), kind_id] = None
        for look in found:
            if look.kind.id in kinds and self.wants(look.name):
                key = (where.home_of(look.kind, region), look.kind.id, look.name)
                due.resources[key] = due.resources.get(key) or look.requested
                self._sweep(where, key[0])

    def _say(self, text: str) -> None:
        click.echo(printable(text), err=True)


@dataclass(slots=True)
class Due:
    """What events make worth a look: resources, with what their creator asked for, and whole kinds, each by Region."""

    resources: dict[tuple[str, str, str], Fact | None] = field(default_factory=dict)
    kinds: dict[tuple[str, str], None] = field(default_factory=dict)


def _named(event: Recorded, where: Surroundings) -> tuple[Look, ...] | Ignored:
    if event.trouble is not None:
        raise ContractError(event.trouble)
    return looks(event.body, catalogue.every_kind(), account=where.account, message_id=event.place)


def _fans_out(body: Body) -> frozenset[str]:
    """Name the kinds of which an event asks for every resource."""
    if "look" in body or body.get("detail-type", CALL) != CALL:
        return frozenset()
    return rejudged(RecordedCall.receive(body), tuple(catalogue.every_kind().values()))
