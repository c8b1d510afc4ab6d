"""Controls called by any of their names, and rules narrowed down to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.compliance import catalogue
from holdfast.compliance.control import Control
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Rules
from holdfast.shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rules, of which only some controls are wanted."""

    rules: Rules
    wanted: Collection[str]

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give the wanted ones of the controls that hold for a resource."""
        return (control for control in self.rules.controls(resource) if control.id in self.wanted)

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Give what the rules give."""
        return self.rules.parameters(control, resource)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Waive what the rules waive."""
        return self.rules.waiver(control, resource, now=now)


@dataclass(frozen=True, slots=True)
class Only:
    """Rules of which one control alone is asked, be it on or not."""

    rules: Rules
    control: Control

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give the one control."""
        return (self.control,)

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Give what the rules give."""
        return self.rules.parameters(control, resource)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Waive what the rules waive."""
        return self.rules.waiver(control, resource, now=now)


@dataclass(frozen=True, slots=True)
class Named:
    """Controls asked for by name, be they on or not, told what was given with the name or else what the rules say."""

    rules: Rules
    wanted: Collection[str]
    given: Mapping[str, Any]

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give the named controls of a resource's kind."""
        return (control for control in catalogue.controls_of(resource.kind) if control.id in self.wanted)

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Give what was given, or what the rules give."""
        if self.given:
            return control.parameters.read(dict(self.given), of=control.id)
        return self.rules.parameters(control, resource)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Waive what the rules waive."""
        return self.rules.waiver(control, resource, now=now)


def names_of(control: Control) -> frozenset[str]:
    """Give all that a control goes by, in lower case: its id, its references, and these without their scheme."""
    tails = {reference.rpartition(" ")[2] for reference in control.references if not reference.startswith("NIST")}
    return frozenset(name.lower() for name in {control.id, *control.references, *tails})


def controls_called(names: Iterable[str]) -> frozenset[str]:
    """Find the controls by ids or references; raises `ConfigurationError` for a name that none goes by."""
    every = catalogue.every_control().values()
    found: set[str] = set()
    for name in names:
        called = {control.id for control in every if name.strip().lower() in names_of(control)}
        if not called:
            raise ConfigurationError(f"no control goes by {name!r}, expected an id or a reference of docs/controls.md")
        found |= called
    return frozenset(found)
