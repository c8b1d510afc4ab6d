"""Fn::ForEach: what it stands for, written out as far as its collection is known."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.compliance.template.document import MOST_VALUES, Place
from holdfast.compliance.template.symbols import Symbol

LOOP = "Fn::ForEach::"
NOT_ALPHANUMERIC = re.compile(r"[^0-9a-zA-Z]")


@dataclass(slots=True)
class Unrolled:
    """A section with its loops written out: where each key comes from, and which loops could not be followed."""

    written: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    lost: dict[Place, str] = field(default_factory=dict)


class Unroller:
    """Writes the loops of a template out; all of them together may write a bounded number of values."""

    def __init__(self, resolve: Callable[[Any], Any]) -> None:
        self._resolve = resolve
        self._values = 0

    def section(self, section: Mapping[str, Any], place: Place) -> Unrolled:
        """Write out the loops of a section, those inside of its values too."""
        found = Unrolled()
        for key, value in section.items():
            self._unroll(key, value, (*place, key), found)
        found.written = {key: self._inside(value) for key, value in found.written.items()}
        return found

    def _unroll(self, key: str, value: Any, place: Place, found: Unrolled) -> None:
        if not key.startswith(LOOP):
            found.written[key], found.places[key] = value, place
            return
        rounds = self._rounds(value)
        if isinstance(rounds, str):
            found.lost[place] = rounds
            return
        for body in rounds:
            for name, part in body.items():
                self._unroll(name, part, place, found)

    def _rounds(self, loop: Any) -> list[dict[str, Any]] | str:
        """Give what each round of a loop adds, or why that is not known."""
        if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[0], str) and isinstance(loop[2], dict)):
            return "it is not written as CloudFormation asks: expected a name, a collection and a mapping"
        values = self._resolve(loop[1])
        if isinstance(values, Symbol):
            return values.reason
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            return "its collection is not a list of texts"
        if symbol := next((value for value in values if isinstance(value, Symbol)), None):
            return symbol.reason
        self._values += len(values) * _size(loop[2])
        if self._values > MOST_VALUES:
            return f"the template's loops write more than {MOST_VALUES} values"
        return [_put(loop[2], loop[0], value) for value in values]

    def _inside(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._inside(part) for part in value]
        if not isinstance(value, dict):
            return value
        found = Unrolled()
        for key, part in value.items():
            self._unroll(key, part, (), found)
        return value if found.lost else {key: self._inside(part) for key, part in found.written.items()}


def _put(value: Any, name: str, given: str) -> Any:
    """Put a round's value in place of the loop's name, wherever it is referred to."""
    if isinstance(value, dict):
        if value == {"Ref": name}:
            return given
        return {_put(key, name, given): _put(part, name, given) for key, part in value.items()}
    if isinstance(value, list):
        return [_put(part, name, given) for part in value]
    if isinstance(value, str):
        plain = NOT_ALPHANUMERIC.sub("", given)
        return value.replace(f"${{{name}}}", given).replace(f"&{{{name}}}", plain)
    return value


def _size(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(_size(part) for part in parts)
