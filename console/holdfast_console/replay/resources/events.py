"""AWS::Events: buses, who may put on them, and rules."""

import json
from typing import Any

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.matcher import Pattern
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import InstalledRule, Resource, Site, Target, document
from holdfast_console.replay.target_input import TargetInput
from holdfast_console.replay.wiring import BusFact, Edge, EdgeKind

DEFAULT_BUS = "default"
INPUTS = ("Input", "InputPath", "InputTransformer")


def bus(resource: Resource, site: Site) -> Installed:
    """Create a bus."""
    name = resource.properties.take("Name") or resource.named(most=256)
    resource.properties.without_effect("Description", "LogConfig")
    arn = site.client("events").create_event_bus(Name=name)["EventBusArn"]
    site.add(BusFact(arn))
    return Installed(name, {"Arn": arn, "Name": name})


def bus_policy(resource: Resource, site: Site) -> Installed:
    """Say who may put events on a bus."""
    name, statement = resource.properties.take("EventBusName", DEFAULT_BUS), resource.properties.need("Statement")
    sid = resource.properties.need("StatementId")
    whole = {"Version": "2012-10-17", "Statement": [{"Sid": sid, **statement}]}
    site.client("events").put_permission(EventBusName=name, Policy=json.dumps(whole))
    arn = site.arn("events", f"event-bus/{name}")
    site.amend(arn, of=resource.logical_id, policies=[document(resource.logical_id, whole)])
    return Installed(sid)


def rule(resource: Resource, site: Site) -> Installed:
    """Make a rule: what it matches or when it ticks, and where it delivers."""
    properties = resource.properties
    name, on_bus = (
        properties.take("Name") or resource.named(),
        str(properties.take("EventBusName", DEFAULT_BUS)).rsplit("/", 1)[-1],
    )
    pattern, schedule = properties.take("EventPattern"), properties.take("ScheduleExpression")
    state = properties.take("State", "ENABLED")
    properties.without_effect("Description")
    asked = {"EventPattern": json.dumps(pattern)} if pattern is not None else {"ScheduleExpression": schedule}
    arn = site.client("events").put_rule(Name=name, EventBusName=on_bus, State=state, **asked)["RuleArn"]
    targets = tuple(_target(each, arn, site) for each in properties.take("Targets", []))
    enabled, parsed = str(state).startswith("ENABLED"), Pattern.parse(pattern) if pattern is not None else None
    site.rules.append(InstalledRule(name, arn, on_bus, enabled, parsed, schedule, targets))
    return Installed(name if on_bus == DEFAULT_BUS else f"{on_bus}|{name}", {"Arn": arn})


def _target(given: dict[str, Any], rule_arn: str, site: Site) -> Target:
    arn, role, dead_letters = given["Arn"], given.get("RoleArn"), given.get("DeadLetterConfig", {}).get("Arn")
    site.edges.append(Edge(EdgeKind.RULE, rule_arn, arn, role))
    if dead_letters is not None:
        site.edges.append(Edge(EdgeKind.DEAD_LETTER, rule_arn, dead_letters))
    return Target(arn, TargetInput.parse({name: given[name] for name in INPUTS if name in given}), dead_letters, role)


SERVICE = Service(
    "events", {"AWS::Events::EventBus": bus, "AWS::Events::EventBusPolicy": bus_policy, "AWS::Events::Rule": rule}
)
