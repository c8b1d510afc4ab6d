"""What a message asks to be looked at, by whichever door it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.compliance.contract import CALL, LookDue, RecordedCall, StateChanged
from holdfast.compliance.facts import Fact, GoneError, Read, Readings, Unread
from holdfast.compliance.hints import account_of, buckets
from holdfast.compliance.kind import Kind, below_type
from holdfast.compliance.logic import ignored, touched
from holdfast.shared.errors import ContractError
from holdfast.shared.foreign import text

TELLING = {
    "SageMaker Endpoint Config State Change": "EndpointConfig",
    "SageMaker Feature Group State Change": "FeatureGroup",
    "SageMaker Model State Change": "Model",
    "SageMaker Notebook Instance State Change": "NotebookInstance",
    "SageMaker Notebook Lifecycle Config State Change": "NotebookInstanceLifecycleConfig",
}
"""What SageMaker tells of by itself, and CloudFormation's name for it."""
OF_SAGEMAKER, BUCKET = "AWS::SageMaker::", "s3_bucket"
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """One resource to look at, why, and what its creator asked for if that is known."""

    kind: Kind
    name: str
    cause: str
    requested: Fact | None = None
    principal: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that is no reason to look at anything, and why."""

    what: str
    reason: str


def looks(body: Body, kinds: Mapping[str, Kind], *, account: str | None, message_id: str) -> tuple[Look, ...] | Ignored:
    """Name what a message makes worth a look; raises `ContractError` if it is ours and does not say."""
    if "look" in body:
        due = LookDue.receive(body)
        if due.kind not in kinds:
            return Ignored("look", f"there is no kind {due.kind!r} of resource any more")
        return (Look(kinds[due.kind], due.name, due.cause),)
    if (named_elsewhere := buckets(body)) is not None:
        return _hinted(body, named_elsewhere, kinds[BUCKET], account=account, message_id=message_id)
    if body.get("detail-type") in TELLING:
        return _told_of(StateChanged.receive(body), kinds, account=account, message_id=message_id)
    if body.get("detail-type", CALL) != CALL:
        return Ignored(str(body["detail-type"])[:100], "an event of another kind")
    call, among = RecordedCall.receive(body), tuple(kinds.values())
    if (reason := ignored(call, account=account, kinds=among)) is not None:
        return Ignored(call.name, reason)
    return tuple(
        Look(kind, name, call.event_id or message_id, _requested(call, kind), call.principal)
        for kind, name in touched(call, among)
    ) or Ignored(call.name, "names a resource of no kind that is judged")


def _hinted(
    body: Body, names: tuple[str, ...], kind: Kind, *, account: str | None, message_id: str
) -> tuple[Look, ...] | Ignored:
    if account is not None and account_of(body) != account:
        return Ignored("finding", f"of account {account_of(body)}, not of ours")
    cause = text(body, "id") or message_id
    return tuple(Look(kind, name, cause) for name in names) or Ignored("finding", "names no bucket")


def kind_called(tail: str, kinds: Mapping[str, Kind]) -> Kind | None:
    """Find the kind that CloudFormation calls so, of SageMaker's."""
    return next((kind for kind in kinds.values() if kind.resource_type == f"{OF_SAGEMAKER}{tail}"), None)


def _told_of(
    told: StateChanged, kinds: Mapping[str, Kind], *, account: str | None, message_id: str
) -> tuple[Look, ...] | Ignored:
    called = TELLING[told.detail_type]
    kind, name = kind_called(called, kinds), named(told, called)
    if account is not None and told.account != account:
        return Ignored(told.detail_type, f"of account {told.account}, not of ours")
    if kind is None:
        return Ignored(told.detail_type, "tells of a kind of resource that is not judged")
    return (Look(kind, name, told.event_id or message_id),)


def named(told: StateChanged, tail: str) -> str:
    """Give the name of what tells of itself, or raise `ContractError`."""
    candidates = (told.text(f"{tail}Name"), *map(below_type, (told.text(f"{tail}Arn") or "", *told.resources)))
    if (name := next(filter(None, candidates), None)) is None:
        raise ContractError(
            f"{told.detail_type} names no resource: detail.{tail}Name and its ARNs are missing or empty"
        )
    return name


def _requested(call: RecordedCall, kind: Kind) -> Fact | None:
    """Make of what was asked for the fact that describing it would give, for kinds that may be over before that."""
    parameters = call.detail.get("requestParameters")
    if kind.requested is None or not call.name.startswith("Create") or not isinstance(parameters, Mapping):
        return None
    return kind.requested(parameters)


class Requested:
    """The facts of a resource that is gone already, as far as the request that created it tells them."""

    def __init__(self, described: Read, requested: Fact, live: Readings) -> None:
        self._described, self._requested, self._live = described, requested, live

    def __getitem__(self, read: Read) -> Fact | Unread:
        """Give what was asked for, or what is known without the resource."""
        if read is self._described:
            return self._requested
        try:
            return self._live[read]
        except GoneError:
            return Unread("the resource is gone, and the request that created it does not say")
