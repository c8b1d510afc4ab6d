"""Judge what a template declares by the controls that judge it live."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from holdfast.compliance import catalogue
from holdfast.compliance.chosen import Only
from holdfast.compliance.contract import Finding
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Fact, Read, UnknownFactError, Unread
from holdfast.compliance.kind import Declared, Kind
from holdfast.compliance.logic import MOST_REASON, judge
from holdfast.compliance.partial import Unresolved, guarded
from holdfast.compliance.reads.s3 import LOCATION, POLICY
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Rules
from holdfast.compliance.template.declared import Item, Template
from holdfast.compliance.template.elsewhere import UNBLOCKED, bucket_elsewhere

FOREIGN_SHAPE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
Facts = Mapping[Read, Fact | Unread]
Tags = Callable[[], Mapping[str, str] | None]
Watches = Callable[[Resource, Tags], bool]


@dataclass(frozen=True, slots=True)
class TemplateFinding:
    """A finding, the resource it is of, and the line that it is about."""

    finding: Finding
    control: Control
    kind: Kind
    resource: Resource
    logical_id: str
    line: int


@cache
def kinds_by_type() -> dict[str, Kind]:
    """Give the kinds that a template can declare by CloudFormation's types."""
    return {kind.resource_type: kind for kind in catalogue.every_kind().values() if kind.declared is not None}


def findings(
    template: Template, rules: Rules, *, now: datetime, watches: Watches | None = None
) -> Iterator[TemplateFinding]:
    """Judge every resource of a template whose kind is known; controls that only a live look settles are left out.

    `watches` says of a resource and its tags whether it is to be judged at all.
    """
    for item in template.items:
        look = _look(template, item, rules, now)
        if look is not None and (watches is None or watches(look.resource, look.tags)):
            yield from look.findings()


def _look(template: Template, item: Item, rules: Rules, now: datetime) -> "_Look | None":
    if (kind := kinds_by_type().get(item.type)) is not None:
        return _Look(template, item, kind, rules, now)
    if (bucket := bucket_elsewhere(template, item)) is not None:
        return _Elsewhere(template, bucket, kinds_by_type()[bucket.type], rules, now)
    return None


def facts_of(kind: Kind, declared: Declared) -> Facts:
    """Say what a template declares in the shape in which AWS would answer; a shape that AWS refuses is not read."""
    if kind.declared is None:
        return {}
    try:
        return kind.declared(declared)
    except FOREIGN_SHAPE as error:
        return _Refused(f"the properties do not have the shape that CloudFormation takes ({type(error).__name__})")


def ruled(control: Control, resource: Resource, facts: Facts, rules: Rules, *, now: datetime) -> Finding | None:
    """Let one control judge, or give `None` if it needs a live look.

    What only a live look tells is every fact of which no template says anything. Facts of a foreign shape make the
    verdict unknown, never an error.
    """
    readings = _Readings(facts)
    try:
        [finding] = judge(resource, readings, Only(rules, control), now=now)
    except FOREIGN_SHAPE as error:
        said = f"what is declared does not have the shape that CloudFormation takes ({type(error).__name__})"
        return Finding(
            control=control.id, references=control.references, severity=control.severity, verdict="unknown", reason=said
        )
    return None if finding.verdict == "unknown" and readings.is_live_only else finding


class _Look:
    """One look at one resource of a template."""

    def __init__(self, template: Template, item: Item, kind: Kind, rules: Rules, now: datetime) -> None:
        around = template.around
        self._template, self._item, self._kind, self._rules, self._now = template, item, kind, rules, now
        self.resource = Resource(kind.id, item.name, around.account, around.region, around.partition)
        self._others = {
            other.logical_id: (other.type, _doubted(other) if _is_doubted(other, item) else other.properties)
            for other in template.items
            if other is not item
        }
        self._without: dict[str, Facts] = {}

    def tags(self) -> Mapping[str, str] | None:
        """Give the tags that the resource will bear, or `None` if they are not known."""
        if self._kind.tags is None:
            return {}
        found = guarded(self._facts(self._item.properties, self._others).get(self._kind.tags, {}), UnknownFactError)
        try:
            return None if isinstance(found, Unread) else {tag["Key"]: tag["Value"] for tag in found.get("TagSet", [])}
        except (UnknownFactError, *FOREIGN_SHAPE):
            return None

    def findings(self) -> Iterator[TemplateFinding]:
        facts = self._facts(self._item.properties, self._others)
        for control in self._rules.controls(self.resource):
            if (said := ruled(control, self.resource, facts, self._rules, now=self._now)) is not None:
                finding = self._qualified(said)
                line = self._line(control, finding)
                yield TemplateFinding(finding, control, self._kind, self.resource, self._item.logical_id, line)

    def _facts(self, properties: Mapping[str, Any], others: Mapping[str, tuple[str, Any]]) -> Facts:
        if self._item.unread is not None:
            return _Refused(self._item.unread)
        around = self._template.around
        facts = facts_of(self._kind, Declared(self._item.name, properties, around.account, around.region, others))
        return facts if self._template.is_region_known else _nowhere(facts)

    def _qualified(self, finding: Finding) -> Finding:
        """Say what stands between the template as written and what will be deployed."""
        if finding.verdict == "pass" and self._template.caveat is not None:
            said = f"it holds as written, but {self._template.caveat}"
            return finding.model_copy(update={"verdict": "unknown", "reason": said})
        if self._item.doubt is not None:
            said = f"{finding.reason} (if it is made at all: {self._item.doubt})"[:MOST_REASON]
            return finding.model_copy(update={"reason": said})
        return finding

    def _line(self, control: Control, finding: Finding) -> int:
        """Find the property without which something else would be said, or the resource's own line."""
        document, place = self._template.document, self._item.place
        if finding.verdict not in ("fail", "unknown"):
            return document.line(*place)
        for name in self._item.properties:
            if self._says_otherwise(control, finding, name):
                return document.line(*place, "Properties", name)
        for other in self._related:
            if self._says_otherwise(control, finding, other.logical_id, is_other=True):
                return document.line(*other.place)
        return document.line(*place)

    def _says_otherwise(self, control: Control, finding: Finding, name: str, *, is_other: bool = False) -> bool:
        key = f"{'other' if is_other else 'own'} {name}"
        if key not in self._without:
            own, others = dict(self._item.properties), dict(self._others)
            (others if is_other else own).pop(name, None)
            self._without[key] = self._facts(own, others)
        said = ruled(control, self.resource, self._without[key], self._rules, now=self._now)
        if said is None:
            return True
        told = self._qualified(said)
        return (told.verdict, told.reason) != (finding.verdict, finding.reason)

    @cached_property
    def _related(self) -> list[Item]:
        """Name the other resources that speak of this one."""
        others = (other for other in self._template.items if other is not self._item)
        return [other for other in others if self._item.name in other.texts]


class _Elsewhere(_Look):
    """One look at a bucket of which the template has only the policy: nothing is said but what the policy decides."""

    def findings(self) -> Iterator[TemplateFinding]:
        for found in super().findings():
            if POLICY in found.control.reads and (found.finding.verdict != "unknown" or self._opens(found.control)):
                yield found

    def _opens(self, control: Control) -> bool:
        """Tell whether the policy would break a control if nothing that is not seen prevented it."""
        found = ruled(control, self.resource, self._facts(UNBLOCKED, self._others), self._rules, now=self._now)
        return found is not None and found.verdict != "pass"


class _Readings:
    """What a template says, and of all else that it does not."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.is_live_only = False

    def __getitem__(self, read: Read) -> Fact | Unread:
        found = self._facts.get(read)
        self.is_live_only |= found is None
        return Unread(f"a template does not say this: {read.id} is read live") if found is None else found


class _Refused(dict[Read, "Fact | Unread"]):
    """The facts of properties of which nothing is known, or that CloudFormation would refuse: none can be read."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._unread = Unread(reason)

    def get(self, read: Read, default: Any = None) -> Fact | Unread:
        return self._unread


def _nowhere(facts: Facts) -> Facts:
    """Leave open where a bucket will be, as long as nobody said where the template is deployed."""
    said = Unresolved("a template does not say in which Region it is deployed: give the parameter AWS::Region")
    return {**facts, LOCATION: {"LocationConstraint": said}} if LOCATION in facts else facts


def _is_doubted(other: Item, item: Item) -> bool:
    """Tell whether a resource may be missing beside another: one that shares its condition is not."""
    return other.doubt is not None and other.condition != item.condition


def _doubted(item: Item) -> dict[str, Any]:
    """Keep the names and texts of a resource that may not be made, so that it is found, and nothing that it sets."""
    if item.unread is not None:
        return item.properties
    reason = Unresolved(f"it is not known whether {item.logical_id} is made: {item.doubt}")
    return {key: value if isinstance(value, str) else reason for key, value in item.properties.items()}
