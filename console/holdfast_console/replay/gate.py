"""Every boto3 call of this process passes here: it is held against the caller's permissions, played, and remembered."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError

Moment = Literal["before", "after"]
DENIALS = {"s3": "AccessDenied", "sns": "AuthorizationError", "sqs": "AccessDenied"}


class Killed(BaseException):
    """The end of a process in the middle of its work: what `fault` raises to have nothing in it see it coming."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A function at work, and the role it works under."""

    function: str
    role_arn: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call to AWS; `caller` is None for the operator, `error` AWS's code if it was refused."""

    caller: Caller | None
    service: str
    operation: str
    params: Mapping[str, Any]
    region: str
    error: str | None = None


class Gate:
    """Watches the calls of whoever is at work."""

    def __init__(self, *, allow: Callable[[Call], str | None], seen: Callable[[Call], None]) -> None:
        self._allow = allow
        self._seen = seen
        self.caller: Caller | None = None
        self.fault: Callable[[Call, Moment], None] | None = None

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Let every call of the process pass here while the block runs."""
        original = BaseClient._make_api_call

        def passed(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
            meta = client.meta
            call = Call(
                self.caller, meta.service_model.service_name, operation_name, api_params or {}, meta.region_name
            )
            return self.play(call, lambda: original(client, operation_name, api_params))

        with patch.object(BaseClient, "_make_api_call", passed):
            yield

    @contextmanager
    def acting_as(self, caller: Caller) -> Iterator[None]:
        """Hold calls against this caller's role while the block runs."""
        before, self.caller = self.caller, caller
        try:
            yield
        finally:
            self.caller = before

    def play(self, call: Call, make: Callable[[], Any]) -> Any:
        """Make a call if its caller may, else answer as AWS does; what is not granted is remembered by `allow`."""
        if call.caller is not None:
            if (refusal := self._allow(call)) is not None:
                raise denial(call, refusal)
            if self.fault is not None:
                self.fault(call, "before")
        try:
            answer = make()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            self._seen(Call(call.caller, call.service, call.operation, call.params, call.region, code))
            raise
        self._seen(call)
        if call.caller is not None and self.fault is not None:
            self.fault(call, "after")
        return answer


def denial(call: Call, refusal: str) -> ClientError:
    """Give the error that AWS answers to a call that is not granted."""
    code = DENIALS.get(call.service, "AccessDeniedException")
    said = {"Error": {"Code": code, "Message": refusal}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    return ClientError(said, call.operation)
