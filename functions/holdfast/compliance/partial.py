"""Values of which a part is not known, as in a template whose parameters nobody gave.

A control reads them like any other: only touching the unknown part makes its verdict unknown, so that no control has to
ask whether what it reads is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that is not known here, and why."""

    reason: str


def guarded(value: Any, error: type[Exception]) -> Any:
    """Wrap a value so that touching an `Unresolved` inside it raises `error` with its reason."""
    if isinstance(value, Unresolved):
        raise error(value.reason)
    if isinstance(value, dict):
        return _Mapping(value, error)
    if isinstance(value, list):
        return _Listing(value, error)
    return value


class _Mapping(dict[str, Any]):
    def __init__(self, value: dict[str, Any], error: type[Exception]) -> None:
        super().__init__(value)
        self._error = error

    def __getitem__(self, key: str) -> Any:
        return guarded(super().__getitem__(key), self._error)

    def get(self, key: str, default: Any = None) -> Any:
        return guarded(super().get(key, default), self._error)

    def values(self) -> Any:
        return [self[key] for key in self]

    def items(self) -> Any:
        return [(key, self[key]) for key in self]


class _Listing(list[Any]):
    def __init__(self, value: list[Any], error: type[Exception]) -> None:
        super().__init__(value)
        self._error = error

    def __getitem__(self, place: Any) -> Any:
        return guarded(super().__getitem__(place), self._error)

    def __iter__(self) -> Iterator[Any]:
        return (guarded(value, self._error) for value in super().__iter__())
