"""Kill a function at its n-th AWS call: before the call, or after it was carried out and before the answer was seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

Moment = Literal["before", "after", "timeout"]
MOMENTS: tuple[Moment, ...] = ("before", "after")


class Killed(BaseException):
    """The environment is gone: nothing in the function can catch this."""


@dataclass
class Calls:
    """Every AWS call made, with its parameters."""

    made: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def names(self) -> list[str]:
        """Name the operations in their order."""
        return [name for name, _ in self.made]


@contextmanager
def watching(*, kill_at: int | None = None, moment: Moment = "before") -> Iterator[Calls]:
    """Note every AWS call, and kill at one of them, counted from 0; with `timeout` its answer is lost instead."""
    calls, original = Calls(), BaseClient._make_api_call

    def noted(self: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        number = len(calls.made)
        calls.made.append((operation, dict(parameters)))
        if number != kill_at:
            return original(self, operation, parameters)
        if moment == "timeout":
            original(self, operation, parameters)
            raise ReadTimeoutError(endpoint_url=operation)
        if moment == "after":
            with suppress(ClientError):
                original(self, operation, parameters)
        raise Killed(operation)

    with patch.object(BaseClient, "_make_api_call", noted):
        yield calls


def count_calls(deliver: Callable[[], object]) -> int:
    """Count the AWS calls of one undisturbed delivery."""
    with watching() as calls:
        deliver()
    return len(calls.made)


def kill_once(deliver: Callable[[], object], *, at: int, moment: Moment) -> None:
    """Deliver, and die at one call."""
    with watching(kill_at=at, moment=moment):
        try:
            deliver()
        except Killed:
            return
    raise AssertionError(f"there is no AWS call {at} to die at")
