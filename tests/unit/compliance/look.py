"""Run one control over facts by the real logic."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from holdfast.compliance import catalogue
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Fact, Facts, Read, Unread
from holdfast.compliance.logic import judge
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.remedy import Remedy
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Everything

ACCOUNT, REGION = "123456789012", "eu-west-1"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class One:
    """The rules with one control in them."""

    def __init__(self, control: Control, parameters: Mapping[str, Any]) -> None:
        self._control = control
        self._told = Everything({control.id: parameters})

    def controls(self, resource: Resource) -> tuple[Control]:
        """Give the one control."""
        return (self._control,)

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Give what the test said."""
        return self._told.parameters(control, resource)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> None:
        """Waive nothing."""


def look(
    control: Control,
    facts: Mapping[Read, Fact | Unread],
    *,
    name: str = "training-data",
    now: datetime = NOON,
    **parameters: Any,
) -> tuple[str, str]:
    """Give the verdict and its reason; a fact that is not given counts as not readable."""
    assert control.id in catalogue.every_control(), f"{control.id} is not discovered"
    resource = Resource(control.kind, name, ACCOUNT, REGION)
    [finding] = judge(resource, _Given(facts), One(control, parameters), now=now)
    return finding.verdict, finding.reason


def remedy(control: Control, facts: Mapping[Read, Fact | Unread], **parameters: Any) -> Remedy:
    """Give what the control proposes for a bucket; that it proposes nothing fails, and says why."""
    assert control.remediation is not None, f"{control.id} has no remediation"
    resource = Resource(control.kind, "training-data", ACCOUNT, REGION)
    told = One(control, parameters).parameters(control, resource)
    proposed = control.remediation.propose(Facts(resource, _Given(facts), now=NOON, parameters=told))
    assert isinstance(proposed, Remedy), proposed
    taken = {step.permission for step in (*proposed.apply, *proposed.undo)}
    assert taken <= set(control.remediation.permissions), f"{control.id} takes {taken} and does not say so"
    return proposed


class _Given(dict[Read, Fact | Unread]):
    def __missing__(self, read: Read) -> Unread:
        return Unread(f"{read.id} was not given")
