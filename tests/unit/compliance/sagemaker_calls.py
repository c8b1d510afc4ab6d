"""What CloudTrail says of SageMaker's resources, and what a template does."""

from collections.abc import Mapping
from typing import Any

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.kind import Declared, Kind
from holdfast.compliance.logic import touched
from tests.unit.compliance.look import ACCOUNT, REGION

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:"


def named(kind: Kind, call: str, answer: Mapping[str, Any] | None = None, **request: Any) -> list[str]:
    """Name the resources of a kind that a call changes."""
    detail = {"eventName": call, "requestParameters": request, "responseElements": answer}
    return [name for _, name in touched(RecordedCall.receive({"source": "aws.sagemaker", "detail": detail}), (kind,))]


def tagged(kind: Kind, tail: str) -> list[str]:
    """Name the resources of a kind that new tags on an ARN change."""
    return named(kind, "AddTags", resourceArn=ARN + tail)


def declared(kind: Kind, properties: Mapping[str, Any], **others: tuple[str, Any]) -> Mapping[Read, Fact | Unread]:
    """Give the facts of a kind that a template declares."""
    assert kind.declared is not None
    return kind.declared(Declared("it", properties, ACCOUNT, REGION, others))


def at(facts: Mapping[Read, Fact | Unread], read: Read) -> Fact:
    """Give a fact that must be known."""
    found = facts[read]
    assert not isinstance(found, Unread)
    return found


def requested(kind: Kind, **request: Any) -> Fact:
    """Give the description that a request would have led to."""
    assert kind.requested is not None
    return kind.requested(request)
