"""Where a template is being installed: what its resources became, and what is known of them so far."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.intrinsics import TemplateError
from holdfast_console.replay.matcher import Pattern
from holdfast_console.replay.target_input import TargetInput
from holdfast_console.replay.wiring import (
    BucketFact,
    BusFact,
    Document,
    Edge,
    FunctionFact,
    KeyFact,
    NamedDocument,
    QueueFact,
    Role,
    TableFact,
    TopicFact,
    Wiring,
)

ASSET = re.compile(r"[0-9a-f]{64}")
Kind = type[Role | QueueFact | TopicFact | BucketFact | TableFact | BusFact | KeyFact | FunctionFact]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a rule delivers, in which form, and where to if it cannot."""

    arn: str
    input: TargetInput
    dead_letters: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class InstalledRule:
    """A rule of a bus, or a schedule."""

    name: str
    arn: str
    bus: str
    enabled: bool
    pattern: Pattern | None
    schedule: str | None
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class InstalledFunction:
    """A function as the template configures it."""

    name: str
    physical_name: str
    arn: str
    role_arn: str
    handler: str
    code: Path
    is_image: bool
    environment: Mapping[str, str]
    layers: tuple[Path, ...]
    timeout_seconds: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class EventSource:
    """An event source mapping: what it takes from its source at once, and what becomes of what fails."""

    source: str
    function: str
    enabled: bool
    batch_size: int
    filters: tuple[Pattern, ...]
    reports_failures: bool
    bisects: bool
    most_retries: int
    on_failure: str | None


class Properties:
    """A resource's properties: each must be taken, so that none is left out without a word."""

    def __init__(self, of: str, values: Mapping[str, Any]) -> None:
        self._of = of
        self._left = dict(values)

    def take(self, name: str, default: Any = None) -> Any:
        """Take one property."""
        return self._left.pop(name, default)

    def need(self, name: str) -> Any:
        """Take one that must be there."""
        if name not in self._left:
            raise TemplateError(f"{self._of}: property {name} is missing")
        return self._left.pop(name)

    def part(self, name: str) -> "Properties":
        """Take one that holds properties of its own, empty if it is absent."""
        return Properties(f"{self._of}.{name}", self.take(name) or {})

    def passed(self, *names: str) -> dict[str, Any]:
        """Take those of these that are there, under their names."""
        return {name: self._left.pop(name) for name in names if name in self._left}

    def without_effect(self, *names: str) -> None:
        """Take properties that change nothing a twin can show."""
        for name in names:
            self._left.pop(name, None)

    def finish(self) -> None:
        """Raise `TemplateError` if a property was not taken."""
        if self._left:
            raise TemplateError(f"{self._of}: properties {sorted(self._left)} are not known to this twin")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource to install, every function in it resolved."""

    stack: str
    logical_id: str
    type: str
    properties: Properties
    path: str
    """Where it stands in the construct tree."""

    def named(self, *, most: int = 64, lower: bool = False) -> str:
        """Give it the physical name that CloudFormation would make of stack, logical id and chance."""
        salt = hashlib.sha256(f"{self.stack}/{self.logical_id}".encode()).hexdigest()[:12].upper()
        name = f"{self.stack}-{self.logical_id}"[: most - 13].rstrip("-") + f"-{salt}"
        return name.lower() if lower else name


@dataclass
class Site:
    """What is installed so far."""

    account: str
    region: str
    assets: Mapping[str, Path]
    facts: dict[str, Any] = field(default_factory=dict)
    """Facts of the wiring by ARN, in the order of installation."""
    edges: list[Edge] = field(default_factory=list)
    managed_policies: list[NamedDocument] = field(default_factory=list)
    rules: list[InstalledRule] = field(default_factory=list)
    functions: dict[str, InstalledFunction] = field(default_factory=dict)
    """By ARN."""
    layers: dict[str, Path] = field(default_factory=dict)
    sources: list[EventSource] = field(default_factory=list)
    redrives: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Queue ARN → its dead-letter queue, and after how many receives."""
    subscriptions: dict[str, list[str]] = field(default_factory=dict)
    """Topic ARN → endpoints."""
    ignored: list[tuple[str, str]] = field(default_factory=list)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Give the installer's client of a service."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=self.region)
        return self._clients[service]

    def arn(self, service: str, resource: str) -> str:
        """Name something of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def add(self, fact: Any) -> None:
        """Remember a fact of the wiring."""
        self.facts[fact.arn] = fact

    def amend(self, arn: str, *, of: str, **changes: Any) -> None:
        """Add to a fact's lists (`policies`, `aliases`, ...)."""
        fact = self.facts.get(arn)
        if fact is None:
            raise TemplateError(f"{of} speaks of {arn}, which no template makes")
        values = {name: getattr(fact, name) for name in fact.__dataclass_fields__}
        values.update({name: (*values[name], *added) for name, added in changes.items()})
        self.facts[arn] = type(fact)(**values)

    def asset(self, text: str, *, of: str) -> Path:
        """Find the folder of the asset that a key or image URI names by its hash."""
        found = ASSET.search(text)
        if found is None or found[0] not in self.assets:
            raise TemplateError(f"{of}: asset {text!r} is not among the {len(self.assets)} synthesised")
        return self.assets[found[0]]

    def wiring(self) -> Wiring:
        """Give everything permission depends on."""
        facts: list[Any] = list(self.facts.values())
        return Wiring(
            account=self.account, region=self.region, roles=_of(facts, Role), queues=_of(facts, QueueFact),
            topics=_of(facts, TopicFact), buckets=_of(facts, BucketFact), tables=_of(facts, TableFact),
            buses=_of(facts, BusFact), keys=_of(facts, KeyFact), functions=_of(facts, FunctionFact),
            managed_policies=tuple(self.managed_policies), edges=tuple(self.edges),
        )  # fmt: skip


def _of(facts: list[Any], kind: Kind) -> Any:
    return tuple(fact for fact in facts if type(fact) is kind)


def document(name: str, policy: Any) -> NamedDocument:
    """Name a policy document, or raise `ConfigurationError`."""
    if not isinstance(policy, Mapping):
        raise ConfigurationError(f"policy {name} is a {type(policy).__name__}, expected an object")
    found: Document = policy
    return NamedDocument(name, found)
