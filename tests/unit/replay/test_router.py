from random import Random
from typing import Any

import pytest

from holdfast_console.replay.matcher import Pattern
from holdfast_console.replay.router import Router, undelivered
from holdfast_console.replay.site import InstalledRule, Target
from holdfast_console.replay.target_input import TargetInput

Delivered = list[tuple[str, str]]


def rule(
    name: str, pattern: dict[str, Any] | None, *targets: Target, bus: str = "default", enabled: bool = True
) -> InstalledRule:
    parsed = None if pattern is None else Pattern.parse(pattern)
    return InstalledRule(name, f"arn:rule/{name}", bus, enabled, parsed, None, targets)


def target(arn: str, **given: Any) -> Target:
    return Target(arn, TargetInput.parse(given), None, None)


def router(*rules: InstalledRule, seed: int | None = None) -> tuple[Router, Delivered]:
    delivered: Delivered = []

    def deliver(target: Target, rule: InstalledRule, body: str) -> str | None:
        delivered.append((target.arn, body))
        return "closed" if target.arn == "arn:closed" else None

    return Router(rules, deliver, random=None if seed is None else Random(seed)), delivered


EVENT = {"source": "a", "detail-type": "Thing", "time": "2026-03-02T00:00:00Z", "detail": {"number": 1}}


def test_every_matching_rule_of_the_bus_delivers() -> None:
    routes, delivered = router(
        rule("one", {"source": ["a"]}, target("arn:1"), target("arn:2")),
        rule("two", {"detail": {"number": [1]}}, target("arn:3")),
        rule("other", {"source": ["b"]}, target("arn:4")),
        rule("elsewhere", {"source": ["a"]}, target("arn:5"), bus="ledger"),
    )
    routes.put(EVENT, "default")
    routed = routes.route()
    assert [arn for arn, _ in delivered] == ["arn:1", "arn:2", "arn:3"]
    assert routed[0].rules == ("one", "two")
    assert routes.route() == []


@pytest.mark.parametrize("off", [{"enabled": False}, {"bus": "ledger"}])
def test_a_disabled_rule_and_one_of_another_bus_deliver_nothing(off: dict[str, Any]) -> None:
    routes, delivered = router(rule("off", {"source": ["a"]}, target("arn:1"), **off))
    routes.put(EVENT, "default")
    assert routes.route()[0].rules == ()
    assert delivered == []


def test_a_target_receives_what_its_input_makes_of_the_event() -> None:
    routes, delivered = router(
        rule("one", {"source": ["a"]}, target("arn:1", InputPath="$.detail"), target("arn:2", Input='"tick"'))
    )
    routes.put(EVENT, "default")
    routes.route()
    assert delivered == [("arn:1", '{"number":1}'), ("arn:2", '"tick"')]


def test_a_failed_delivery_is_told_and_keeps_no_other_back() -> None:
    routes, delivered = router(rule("one", {"source": ["a"]}, target("arn:closed"), target("arn:2")))
    routes.put(EVENT, "default")
    assert routes.route()[0].failures == ("closed",)
    assert [arn for arn, _ in delivered] == ["arn:closed", "arn:2"]


def test_a_seed_shuffles_what_waits() -> None:
    orders = []
    for seed in (3, 3, None):
        routes, delivered = router(
            rule("all", {"source": ["a"]}, target("arn:1", InputPath="$.detail.number")), seed=seed
        )
        for number in range(9):
            routes.put({**EVENT, "detail": {"number": number}}, "default")
        routes.route()
        orders.append([body for _, body in delivered])
    assert orders[0] == orders[1] != orders[2] == [str(number) for number in range(9)]


def test_an_undelivered_event_says_why_as_eventbridge_does() -> None:
    told = undelivered(rule("one", None), target("arn:1"), "NO_PERMISSIONS", "the key is closed")
    assert {name: value["StringValue"] for name, value in told.items()} == {
        "RULE_ARN": "arn:rule/one",
        "TARGET_ARN": "arn:1",
        "ERROR_CODE": "NO_PERMISSIONS",
        "ERROR_MESSAGE": "the key is closed",
    }
