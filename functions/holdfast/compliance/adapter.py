"""Ask AWS what a resource is like."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.compliance.facts import Call, Fact, GoneError, Read, Unread
from holdfast.compliance.kind import Kind
from holdfast.compliance.policy import Waiver
from holdfast.compliance.resource import Resource
from holdfast.shared.clients import DENIED, client, code_of, translate
from holdfast.shared.errors import GovernanceError, TransientError

Clients = Callable[..., Any]
NO_ANSWER = (BotoCoreError, NotImplementedError, AttributeError, LookupError, TypeError)
"""What a call raises that has no answer. A stand-in for AWS raises whatever it stumbles over, and boto3 passes it on;
so nothing but the call itself stands where these are caught."""


class _UnreadError(GovernanceError):
    """A call did not answer what was asked; its text says why."""


class Account:
    """What AWS says of the resources of one account, seen from one Region.

    `is_patient` says what throttling means: raise `TransientError` so that a queue tries again (a judge), or count the
    fact as not read (a command, which has nobody to try again). Answers to `account` calls are kept for `shared`.
    """

    def __init__(
        self,
        account: str,
        region: str,
        *,
        partition: str = "aws",
        clients: Clients = client,
        is_patient: bool = False,
        waivers: Iterable[Waiver] = (),
    ) -> None:
        self.account, self.region, self.partition = account, region, partition
        self.waivers = {waiver.id: waiver for waiver in waivers}
        self._clients = clients
        self._is_patient = is_patient

    def resource(self, kind: Kind, name: str) -> Resource:
        """Name a resource of this account."""
        return Resource(kind.id, name, self.account, self.region, self.partition)

    def names(self, kind: Kind, *, now: datetime) -> Iterator[str]:
        """List the resources of a kind; raises a `GovernanceError` if they cannot be listed."""
        yield from self.listing(kind, now=now)

    def listing(self, kind: Kind, *, now: datetime, most: int | None = None, after: str | None = None) -> "Listing":
        """List the resources of a kind, so many of them at most, from the place on at which an earlier list ended."""
        asking = _Asking(self.resource(kind, "*"), kind, now, self._clients, {}, self.waivers, is_patient=False)
        asking.part = None if most is None else {"MaxItems": most, **({"StartingToken": after} if after else {})}
        return Listing(asking, kind)

    def readings(
        self, resource: Resource, kind: Kind, *, now: datetime, shared: dict[Any, Any] | None = None
    ) -> "Live":
        """Give the facts of a resource, each read once and only if a control asks for it."""
        kept = {} if shared is None else shared
        return Live(_Asking(resource, kind, now, self._clients, kept, self.waivers, is_patient=self._is_patient))


class Listing:
    """The names of a kind's resources; `following` is where to go on once all that were asked for are given."""

    def __init__(self, asking: "_Asking", kind: Kind) -> None:
        self._asking, self._kind = asking, kind

    def __iter__(self) -> Iterator[str]:
        """Give the names; raises a `GovernanceError` if they cannot be listed."""
        try:
            yield from self._kind.listed(self._asking)
        except _UnreadError as error:
            raise GovernanceError(f"listing every {self._kind.noun}: {error}") from error
        except KeyError as error:
            raise GovernanceError(f"listing every {self._kind.noun}: what AWS answered lacks {error}") from error

    @property
    def following(self) -> str | None:
        """Give the place at which to go on, or `None` at the end."""
        return self._asking.following


class Live(Mapping[Read, Fact | Unread]):
    """The facts of one resource as AWS gives them; raises `GoneError` when it turns out to be gone."""

    def __init__(self, asking: "_Asking") -> None:
        self._asking = asking

    def __getitem__(self, read: Read) -> Fact | Unread:
        """Read a fact, once."""
        return self._asking.found(read)

    def __iter__(self) -> Iterator[Read]:
        """Name the facts read so far."""
        return iter(self._asking.facts)

    def __len__(self) -> int:
        """Count the facts read so far."""
        return len(self._asking.facts)


class _Asking:
    """One look at one resource."""

    def __init__(
        self,
        resource: Resource,
        kind: Kind,
        now: datetime,
        clients: Clients,
        shared: dict[Any, Any],
        waivers: Mapping[str, Waiver],
        *,
        is_patient: bool,
    ) -> None:
        self.resource, self.now, self.waivers = resource, now, waivers
        self.facts: dict[Read, Fact | Unread] = {}
        self.part: dict[str, Any] | None = None
        self.following: str | None = None
        self._kind, self._clients, self._shared, self._is_patient = kind, clients, shared, is_patient

    def found(self, read: Read) -> Fact | Unread:
        if read not in self.facts:
            try:
                self.facts[read] = read.take(self)
            except _UnreadError as error:
                self.facts[read] = Unread(str(error))
            except KeyError as error:
                self.facts[read] = Unread(f"could not be read: what AWS answered lacks {error}")
        return self.facts[read]

    def fact(self, read: Read) -> Fact:
        found = self.found(read)
        if isinstance(found, Unread):
            raise _UnreadError(found.reason)
        return found

    def __call__(self, call: Call, **arguments: Any) -> Fact:
        if call.level != "account" and not call.is_shared:
            return self._answer(call, arguments)
        key = (call, repr(sorted(arguments.items())))
        if key not in self._shared:
            self._shared[key] = self._answer(call, arguments)
        found: Fact = self._shared[key]
        return found

    def pages(self, call: Call, **arguments: Any) -> Iterator[Fact]:
        part, self.part = self.part, None
        if part is not None:
            arguments["PaginationConfig"] = {**arguments.get("PaginationConfig", {}), **part}
        pages = self._client(call).get_paginator(call.operation).paginate(**arguments)
        try:
            yield from map(_told, pages)
        except ClientError as error:
            if code_of(error) not in call.absent:
                raise self._trouble(error, call) from error
        except NO_ANSWER as error:
            raise self._cut_off(error, call) from error
        self.following = pages.resume_token if part is not None else self.following

    def _client(self, call: Call) -> Any:
        return self._clients(call.service) if call.region is None else self._clients(call.service, call.region)

    def _answer(self, call: Call, arguments: dict[str, Any]) -> Fact:
        operation = getattr(self._client(call), call.operation)
        try:
            return _told(operation(**arguments))
        except ClientError as error:
            if code_of(error) in call.absent:
                return {}
            if code_of(error) in call.telling:
                return {"Code": code_of(error)}
            raise self._trouble(error, call) from error
        except NO_ANSWER as error:
            raise self._cut_off(error, call) from error

    def _trouble(self, error: ClientError, call: Call) -> Exception:
        """Tell what an error says: gone, come back later, not allowed, or nothing that we know."""
        code = code_of(error)
        if self._kind.gone(code, str(error.response.get("Error", {}).get("Message", ""))):
            return GoneError(f"{self._kind.noun} {self.resource.name} is gone")
        trouble = translate(error, f"{self._kind.noun} {self.resource.name}")
        if isinstance(trouble, TransientError):
            said = f"could not be read: {call.operation} ({call.permission}) answered {code}: try again later"
            return trouble if self._is_patient else _UnreadError(said)
        if code in DENIED:
            hint = ", or see whether the bucket changed hands" if call.level == "bucket" else ""
            return _UnreadError(f"could not be read: {call.permission} is denied; grant it{hint}")
        return _UnreadError(f"could not be read: {call.operation} ({call.permission}) answered {code}")

    def _cut_off(self, error: Exception, call: Call) -> Exception:
        """Tell what no answer says: the network, or an AWS stand-in that lacks the operation."""
        said = f"could not be read: {call.operation} ({call.permission}): {str(error)[:120] or type(error).__name__}"
        return TransientError(said) if self._is_patient else _UnreadError(said)


def _told(answer: dict[str, Any]) -> Fact:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
