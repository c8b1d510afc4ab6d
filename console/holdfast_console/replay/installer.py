"""Install templates into moto: each resource by its own handler, after whatever it refers to; an unknown type fails."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from holdfast.shared.catalogue import discover
from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay import resources
from holdfast_console.replay.intrinsics import Installed, Resolver, Surroundings, TemplateError
from holdfast_console.replay.service import Handler, Service
from holdfast_console.replay.site import Properties, Resource, Site
from holdfast_console.replay.wiring import BusFact, Edge, EdgeKind, Role

Template = Mapping[str, Any]
PUT_EVENTS = frozenset({"events:PutEvents", "events:*", "*"})


@cache
def services() -> dict[str, Service]:
    """Find the files of `resources/`."""
    return discover(resources, Service)


@cache
def _handlers() -> dict[str, Handler]:
    return {kind: handler for service in services().values() for kind, handler in service.handlers.items()}


@cache
def _ignored() -> dict[str, str]:
    return {kind: reason for service in services().values() for kind, reason in service.ignored.items()}


def install(templates: Mapping[str, Template], *, site: Site) -> Site:
    """Install stacks in their order, each seeing what those before it export."""
    exports: dict[str, str] = {}
    for name, template in templates.items():
        exports |= _Stack(name, template, site, exports).install()
    site.edges.extend(_publications(site))
    return site


def new_site(*, account: str, region: str, assets: Mapping[str, Path]) -> Site:
    """Give an empty site."""
    return Site(account=account, region=region, assets=assets)


class _Stack:
    """One stack being installed."""

    def __init__(self, name: str, template: Template, site: Site, exports: Mapping[str, str]) -> None:
        self._name, self._template, self._site = name, template, site
        self._done: dict[str, Installed] = {}
        self._under_way: list[str] = []
        self._resolver = Resolver(Surroundings(template, self._pseudo(), exports, self._installed))

    def install(self) -> dict[str, str]:
        """Install every resource and give what the stack exports."""
        for logical_id in self._template.get("Resources", {}):
            if self._holds(logical_id):
                self._installed(logical_id)
        outputs = self._template.get("Outputs", {}).values()
        named = [output for output in outputs if "Export" in output]
        resolve = self._resolver.resolve
        return {str(resolve(output["Export"]["Name"])): str(resolve(output["Value"])) for output in named}

    def _holds(self, logical_id: str) -> bool:
        condition = self._template["Resources"][logical_id].get("Condition")
        return condition is None or self._resolver.condition(condition)

    def _installed(self, logical_id: str) -> Installed:
        if logical_id in self._done:
            return self._done[logical_id]
        if logical_id not in self._template.get("Resources", {}):
            raise TemplateError(f"{self._name} has no resource {logical_id!r}")
        if logical_id in self._under_way:
            circle = " → ".join([*self._under_way[self._under_way.index(logical_id) :], logical_id])
            raise TemplateError(f"resources of {self._name} wait for each other: {circle}")
        self._under_way.append(logical_id)
        self._done[logical_id] = self._make(logical_id, self._template["Resources"][logical_id])
        self._under_way.pop()
        return self._done[logical_id]

    def _make(self, logical_id: str, definition: Template) -> Installed:
        kind = str(definition.get("Type"))
        if kind in _ignored():
            self._site.ignored.append((logical_id, _ignored()[kind]))
            return Installed(logical_id)
        if kind not in _handlers():
            raise TemplateError(
                f"{self._name}/{logical_id}: resource type {kind} is not known to this twin: add it to resources/"
            )
        for needed in _listed(definition.get("DependsOn")):
            self._installed(needed)
        try:
            properties = Properties(
                f"{self._name}/{logical_id} ({kind})", self._resolver.resolve(definition.get("Properties", {}))
            )
            path = str(definition.get("Metadata", {}).get("aws:cdk:path", f"{self._name}/{logical_id}"))
            made = _handlers()[kind](Resource(self._name, logical_id, kind, properties, path), self._site)
        except ConfigurationError as error:
            raise TemplateError(f"{self._name}/{logical_id} ({kind}): {error}") from error
        properties.without_effect("Tags")
        properties.finish()
        return made

    def _pseudo(self) -> dict[str, Any]:
        account, region = self._site.account, self._site.region
        stack_id = f"arn:aws:cloudformation:{region}:{account}:stack/{self._name}/00000000-0000-4000-8000-000000000000"
        return {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self._name,
            "AWS::StackId": stack_id,
            "AWS::NotificationARNs": [],
        }


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _publications(site: Site) -> Iterator[Edge]:
    """Find which roles may put events on which of our buses; a bus whose policy lets others fails the proof."""
    buses = [fact for fact in site.facts.values() if isinstance(fact, BusFact)]
    for role in [fact for fact in site.facts.values() if isinstance(fact, Role)]:
        allowed = {resource for policy in role.policies for resource in _put_events_on(policy.document)}
        yield from (Edge(EdgeKind.PUBLICATION, role.arn, bus.arn) for bus in buses if bus.arn in allowed)


def _put_events_on(policy: Mapping[str, Any]) -> Iterator[str]:
    statements = policy["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement["Effect"] == "Allow" and PUT_EVENTS & set(_listed(statement.get("Action"))):
            yield from _listed(statement.get("Resource"))
