"""EventBridge: events to the targets of every rule that matches, as the template has them."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from holdfast_console.replay.queues import Attributes
from holdfast_console.replay.site import InstalledRule, Target

Event = Mapping[str, Any]
Deliver = Callable[[Target, InstalledRule, str], str | None]


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of an event on a bus: the rules that took it, and for each delivery why it failed, if it did."""

    event: Event
    bus: str
    rules: tuple[str, ...]
    failures: tuple[str, ...]


class Router:
    """Holds the rules of every bus, and the events that wait to be matched."""

    def __init__(self, rules: Iterable[InstalledRule], deliver: Deliver, *, random: Random | None = None) -> None:
        self._deliver = deliver
        self._random = random
        self._rules: dict[str, list[InstalledRule]] = {}
        for rule in rules:
            if rule.enabled and rule.pattern is not None:
                self._rules.setdefault(rule.bus, []).append(rule)
        self._waiting: deque[tuple[str, Event]] = deque()
        self.fired: Counter[str] = Counter()
        """How often each rule took an event, by its name."""

    def put(self, event: Event, bus: str) -> None:
        """Take an event on a bus."""
        self._waiting.append((bus, event))

    def route(self) -> list[Routed]:
        """Deliver every event that waits."""
        if self._random is not None:
            shuffled = list(self._waiting)
            self._random.shuffle(shuffled)
            self._waiting = deque(shuffled)
        routed = []
        while self._waiting:
            bus, event = self._waiting.popleft()
            matching = [
                rule for rule in self._rules.get(bus, []) if rule.pattern is not None and rule.pattern.matches(event)
            ]
            failures = [failure for rule in matching for failure in self.fire(rule, event)]
            routed.append(Routed(event, bus, tuple(rule.name for rule in matching), tuple(failures)))
        return routed

    def fire(self, rule: InstalledRule, event: Event) -> list[str]:
        """Deliver an event to every target of a rule, and give why deliveries failed."""
        self.fired[rule.name] += 1
        time = str(event.get("time", ""))
        outcomes = [
            self._deliver(target, rule, target.input.render(event, rule_arn=rule.arn, ingestion_time=time))
            for target in rule.targets
        ]
        return [failure for failure in outcomes if failure is not None]


def undelivered(rule: InstalledRule, target: Target, code: str, reason: str) -> Attributes:
    """Give the attributes by which EventBridge explains a message in a target's dead-letter queue."""
    said = {"RULE_ARN": rule.arn, "TARGET_ARN": target.arn, "ERROR_CODE": code, "ERROR_MESSAGE": reason[:1000]}
    return {name: {"DataType": "String", "StringValue": value} for name, value in said.items()}
