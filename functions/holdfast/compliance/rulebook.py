"""Which controls hold for which resource, with which parameters, and what is waived."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Protocol

from holdfast.compliance import catalogue
from holdfast.compliance.control import Control
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.policy import ControlRule
from holdfast.compliance.resource import Resource
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError

WAIVER = "waiver"
BUCKET = "s3_bucket"
Tags = Callable[[], Mapping[str, str] | None]


class Rules(Protocol):
    """What a judgement asks of the manifest."""

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give the controls that hold for a resource."""
        ...

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Give what a control is told when it judges a resource."""
        ...

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Say by what permission a resource may fail a control now, or `None`."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """All controls, with the parameters given by control id or by any reference, and nothing waived."""

    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give all controls of the resource's kind."""
        return catalogue.controls_of(resource.kind)

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Read what was given for a control: by a reference without its scheme, a whole reference, or the id."""
        told: dict[str, Any] = {}
        for name in (*(part for whole in control.references for part in (whole.partition(" ")[2], whole)), control.id):
            told |= dict(self.given.get(name, {}))
        return control.parameters.read(told, of=control.id)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Waive nothing."""
        return None


class Governed:
    """What the manifest says: raises `ConfigurationError` at once if a rule gives a control what it does not take."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._rules: dict[str, list[ControlRule]] = {}
        for number, rule in enumerate(manifest.controls):
            self._rules.setdefault(rule.control, []).append(rule)
            where = f"controls.{number}"
            catalogue.every_control()[rule.control].parameters.read(dict(rule.parameters), of=f"{where}.{rule.control}")

    def watches(self, resource: Resource, tags: Tags = dict) -> bool:
        """Tell whether a resource is governed: `tags` is asked for only if a scope selects by tags."""
        if resource.kind == WAIVER or (resource.kind == BUCKET and self._manifest.bucket(resource.name) is not None):
            return True
        covering = [part for part in self._manifest.scope if part.covers(resource.kind, resource.name)]
        if any(not part.tags for part in covering):
            return True
        if not covering:
            return False
        borne = tags()
        return any(part.bears(borne) for part in covering)

    def concerns(self, kind: str) -> bool:
        """Tell whether any resource of a kind may be governed."""
        if kind == WAIVER or (kind == BUCKET and self._manifest.buckets):
            return True
        return any(fnmatchcase(kind, part.kind) for part in self._manifest.scope)

    def class_of(self, resource: Resource) -> str | None:
        """Give a resource's class: its own as a bucket, else that of the first scope that covers it and has one."""
        if resource.kind == BUCKET and (named := self._manifest.bucket(resource.name)) is not None and named.class_:
            return named.class_
        covering = (part for part in self._manifest.scope if part.covers(resource.kind, resource.name))
        return next((part.class_ for part in covering if part.class_), None)

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give the controls that are on for a resource: all but the optional ones, unless rules say otherwise."""
        for control in catalogue.controls_of(resource.kind):
            said = [rule.enabled for rule in self._concerning(control, resource)]
            if said[-1] if said else not control.optional:
                yield control

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Merge what the rules give, the later over the earlier."""
        told: dict[str, Any] = {}
        for rule in self._concerning(control, resource):
            told |= rule.parameters
        return control.parameters.read(told, of=control.id)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Say by what permission a resource may fail a control now."""
        permitted = (one for one in self._manifest.waivers if one.permits(control.id, resource.name, now=now))
        return next((waiver.told() for waiver in permitted), None)

    def _concerning(self, control: Control, resource: Resource) -> list[ControlRule]:
        rules = self._rules.get(control.id)
        if not rules:
            return []
        class_ = self.class_of(resource)
        return [rule for rule in rules if rule.concerns(resource.name, class_)]


def given_for(told: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Check that every name in a parameter file is a control's id or reference; else `ConfigurationError`."""
    known = {
        name
        for control in catalogue.every_control().values()
        for name in (control.id, *control.references, *(whole.partition(" ")[2] for whole in control.references))
    }
    if lost := sorted(set(told) - known):
        raise ConfigurationError(f"parameters for no known control: {', '.join(lost[:10])}")
    if wrong := sorted(name for name, values in told.items() if not isinstance(values, Mapping)):
        raise ConfigurationError(f"parameters of {', '.join(wrong[:10])}: expected names and values")
    return told
