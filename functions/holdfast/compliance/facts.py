"""What AWS says of a resource, and how that is asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel

from holdfast.compliance.partial import guarded
from holdfast.compliance.policy import Waiver
from holdfast.compliance.resource import Resource
from holdfast.shared.errors import GovernanceError

Level = Literal["bucket", "object", "service", "account", "*"]
Fact = dict[str, Any]
Given = TypeVar("Given", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """One read-only call: its permission, what that is granted on, and the codes by which AWS says "never set".

    `level` is what the permission is granted on: every bucket, every object, all that a service has in this account
    and Region, or `*` where AWS knows nothing narrower; an `account` call answers alike for all resources of one.
    `region` is where it must be made if not where we look from; what `is_shared` is asked once for all resources of a
    run that ask with the same arguments. A code among `telling` is an answer in itself: the fact `{"Code": code}`.
    """

    service: str
    operation: str
    permission: str
    level: Level = "*"
    absent: tuple[str, ...] = ()
    region: str | None = None
    is_shared: bool = False
    telling: tuple[str, ...] = ()


class GoneError(GovernanceError):
    """The resource does not exist any more."""


class Ask(Protocol):
    """How a `Read` asks AWS; a code among the call's `absent` is answered with an empty fact."""

    @property
    def resource(self) -> Resource:
        """Give the resource that is asked about."""
        ...

    @property
    def now(self) -> datetime:
        """Give the time of the look."""
        ...

    @property
    def waivers(self) -> Mapping[str, Waiver]:
        """Give the waivers in the manifest, by their ids."""
        ...

    def __call__(self, call: Call, **arguments: Any) -> Fact:
        """Call AWS once."""
        ...

    def pages(self, call: Call, **arguments: Any) -> Iterator[Fact]:
        """Call AWS for page after page, by the operation's paginator."""
        ...

    def fact(self, read: "Read") -> Fact:
        """Give another fact of the same resource, read once."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A fact that controls judge by: the calls it takes and how they make it; in the shape in which boto3 answers."""

    id: str
    calls: tuple[Call, ...]
    take: Callable[[Ask], Fact]


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read, and why."""

    reason: str


class UnknownFactError(GovernanceError):
    """A control touched a fact that is not known: its verdict is `unknown`."""


class Readings(Protocol):
    """The facts of one resource, each read when a control first asks for it."""

    def __getitem__(self, read: Read, /) -> Fact | Unread:
        """Give a fact, or why it could not be read."""
        ...


class Facts:
    """What a control may look at: facts, the resource they are of, the time, and its own parameters."""

    __slots__ = ("_parameters", "_readings", "now", "resource")

    def __init__(self, resource: Resource, readings: Readings, *, now: datetime, parameters: BaseModel) -> None:
        self.resource = resource
        self.now = now
        self._readings = readings
        self._parameters = parameters

    def __getitem__(self, read: Read) -> Fact:
        """Give a fact; raises `UnknownFactError` if it, or the part of it that is touched, is not known."""
        found = self._readings[read]
        if isinstance(found, Unread):
            raise UnknownFactError(found.reason)
        fact: Fact = guarded(found, UnknownFactError)
        return fact

    def given(self, kind: type[Given]) -> Given:
        """Give the control's parameters, typed."""
        if not isinstance(self._parameters, kind):
            raise TypeError(f"expected {kind.__name__}, got {type(self._parameters).__name__}")
        return self._parameters


def of_bucket(id: str, operation: str, permission: str, *absent: str) -> Read:  # noqa: A002 - the record's own word
    """Read one setting of a bucket, as its owner."""
    call = Call("s3", operation, permission, "bucket", absent)
    return Read(id, (call,), lambda ask: ask(call, Bucket=ask.resource.name, ExpectedBucketOwner=ask.resource.account))


def described(operation: str, permission: str, argument: str, *, service: str = "sagemaker") -> Read:
    """Read a resource's own description by its name."""
    call = Call(service, operation, permission, "service")
    return Read(operation, (call,), lambda ask: ask(call, **{argument: ask.resource.name}))
