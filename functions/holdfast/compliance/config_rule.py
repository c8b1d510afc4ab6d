"""Entry point: AWS Config asks whether resources comply, so judge their live state and answer."""

import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.at_once import in_order
from holdfast.compliance.borne import tags_of
from holdfast.compliance.chosen import Named, controls_called
from holdfast.compliance.exports.config_adapter import Answers
from holdfast.compliance.exports.config_events import (
    LEFT,
    Compliance,
    ConfigurationItem,
    Evaluation,
    RuleInvoked,
    compliance_of,
    evaluation,
)
from holdfast.compliance.facts import GoneError
from holdfast.compliance.kind import Kind
from holdfast.compliance.logic import judge
from holdfast.compliance.rulebook import Governed, Rules
from holdfast.compliance.settings import ConfigRuleSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.errors import ConfigurationError, ContractError, GovernanceError

CONTROL = "control"
MOST_TOLD = 5
logger = Logger(service="config-rule")


@cache
def settings() -> ConfigRuleSettings:
    """Read whose resources these are once per execution environment."""
    return ConfigRuleSettings.load(os.environ)


@cache
def account() -> Account:
    """Name the account once per execution environment."""
    said = settings()
    return Account(said.account, said.region, partition=said.partition, waivers=Manifest.load(said.manifest).waivers)


@cache
def governed() -> Governed:
    """Read which controls hold once per execution environment."""
    return Governed(Manifest.load(settings().manifest))


@cache
def answers() -> Answers:
    """Open AWS Config once per execution environment."""
    return Answers.connect()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer with an evaluation of each resource; raises, after that, if there are any that could not be judged."""
    invoked = RuleInvoked.receive(event)
    if invoked.account != settings().account:
        raise ContractError(f"rule {invoked.rule} asks for account {invoked.account}, expected {settings().account}")
    asking = Asking(invoked, rules_for(invoked.parameters))
    count = answers().put(asking.evaluations(), token=invoked.token)
    logger.info("config answered", rule=invoked.rule, evaluations=count, unknown=len(asking.unknown))
    if asking.unknown:
        told = "; ".join(asking.unknown[:MOST_TOLD])
        raise ConfigurationError(f"{len(asking.unknown)} resources could not be judged and have no evaluation: {told}")


def rules_for(parameters: dict[str, Any]) -> Rules:
    """Give the rules for a Config rule: the control it names with its own parameters, or all that the manifest says."""
    given = dict(parameters)
    name = given.pop(CONTROL, None)
    if name is not None:
        return Named(governed(), controls_called([str(name)]), given)
    if given:
        raise ConfigurationError(f"parameters {', '.join(sorted(given))} are given, and no {CONTROL} to take them")
    return governed()


class Asking:
    """One invocation while it is answered; `unknown` says what has no evaluation, and why."""

    def __init__(self, invoked: RuleInvoked, rules: Rules) -> None:
        self.unknown: list[str] = []
        self._invoked, self._rules, self._now = invoked, rules, clock.now()
        self._shared: dict[Any, Any] = {}

    def evaluations(self) -> Iterator[Evaluation]:
        """Judge what changed, or, when a schedule asks, everything."""
        notification = self._invoked.notification
        if (item := notification.changed) is not None:
            yield from self._of_item(item)
        elif notification.created_at is not None:
            for kind in catalogue.every_kind().values():
                yield from self._of_kind(kind, at=notification.created_at)

    def _of_item(self, item: ConfigurationItem) -> Iterator[Evaluation]:
        """Judge one resource; Config says that it left, AWS itself how it is."""
        kind = next((kind for kind in catalogue.every_kind().values() if kind.resource_type == item.type), None)
        is_over = self._invoked.left_scope or item.status in LEFT
        if kind is None or is_over:
            reason = "it left the rule's scope" if is_over else f"no control judges {item.type}"
            yield evaluation(item.type, item.id, "NOT_APPLICABLE", reason, at=item.captured_at)
            return
        found = self._judged(kind, kind.name_of(item.id))
        if found is not None:
            yield evaluation(item.type, item.id, *found, at=item.captured_at)

    def _of_kind(self, kind: Kind, *, at: datetime) -> Iterator[Evaluation]:
        if not kind.resource_type.startswith("AWS::") or not self._concerns(kind):
            return
        try:
            names = account().names(kind, now=self._now)
            for name, found in in_order(partial(self._named, kind), names, first_alone=True):
                if found is not None:
                    yield evaluation(kind.resource_type, name, *found, at=at)
        except GovernanceError as error:
            self.unknown.append(str(error))

    def _named(self, kind: Kind, name: str) -> tuple[str, tuple[Compliance, str] | None]:
        return name, self._judged(kind, name)

    def _concerns(self, kind: Kind) -> bool:
        """Tell whether any control of the rule is about a kind."""
        return not isinstance(self._rules, Named) or any(
            control.id in self._rules.wanted for control in catalogue.controls_of(kind.id)
        )

    def _judged(self, kind: Kind, name: str) -> tuple[Compliance, str] | None:
        resource = account().resource(kind, name)
        readings = account().readings(resource, kind, now=self._now, shared=self._shared)
        try:
            if not governed().watches(resource, partial(tags_of, kind, readings)):
                return "NOT_APPLICABLE", "neither governed nor in scope"
            findings = judge(resource, readings, self._rules, now=self._now)
        except GoneError as error:
            return "NOT_APPLICABLE", str(error)
        if (found := compliance_of(findings)) is None:
            unread = next(finding for finding in findings if finding.verdict == "unknown")
            self.unknown.append(f"{resource.subject}: {unread.control}: {unread.reason}")
        return found
