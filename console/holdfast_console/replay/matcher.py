"""EventBridge event patterns, answered as the service answers them.

Arrays follow the README of aws/event-ruler, "JSON Array Matching": a pattern sees through arrays, but two fields that
lie in different elements of one array never match together.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from holdfast_console.replay.comparison import RESERVED, Test, comparison, refuse

Places = dict[int, int]
"""Which element a value lies in, for each array around it that holds objects or arrays (array number → index)."""

ALTERNATIVES_MAX = 1000


@dataclass(frozen=True, slots=True)
class _Field:
    path: str
    tests: tuple[Test, ...]
    may_be_absent: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """An event pattern, refused when it is parsed if the service would refuse it."""

    alternatives: tuple[tuple[_Field, ...], ...]
    leading: frozenset[str]

    @classmethod
    def parse(cls, pattern: Mapping[str, object]) -> "Pattern":
        """Check a pattern; a ConfigurationError names the path of what is wrong."""
        branches = _object(pattern, "", reserved=frozenset())
        # The service goes through the fields by name, and judges absence beside what it has matched so far.
        alternatives = tuple(tuple(branch[path] for path in sorted(branch)) for branch in branches)
        return cls(alternatives, frozenset(head for branch in branches for path in branch for head in _heads(path)))

    def matches(self, event: Mapping[str, object]) -> bool:
        """Whether a rule with this pattern would fire for the event."""
        values = self._values(event)
        return any(_holds(alternative, values, {}) for alternative in self.alternatives)

    def _values(self, event: Mapping[str, object]) -> dict[str, list[tuple[object, Places]]]:
        """The scalars by path, as far as the pattern asks; without recursion, as an event may be 1,000 levels deep."""
        values: dict[str, list[tuple[object, Places]]] = {}
        arrays = 0
        remaining: list[tuple[str, object, Places]] = [("", event, {})]
        while remaining:
            path, value, places = remaining.pop()
            if isinstance(value, Mapping):
                named = ((_join(path, name), below) for name, below in value.items())
                remaining.extend((name, below, places) for name, below in named if name in self.leading)
            elif isinstance(value, list | tuple):
                arrays += 1
                remaining.extend(
                    (
                        path,
                        element,
                        {**places, arrays: index} if isinstance(element, Mapping | list | tuple) else places,
                    )
                    for index, element in enumerate(value)
                )
            else:
                values.setdefault(path, []).append((value, places))
        return values


def _holds(fields: tuple[_Field, ...], values: Mapping[str, list[tuple[object, Places]]], so_far: Places) -> bool:
    """Whether every field finds a value in elements that agree with those already chosen."""
    if not fields:
        return True
    field, rest = fields[0], fields[1:]
    found = [(value, {**so_far, **places}) for value, places in values.get(field.path, ()) if _agree(so_far, places)]
    if field.may_be_absent and not found:
        return _holds(rest, values, so_far)
    chosen: list[Places] = []
    for value, places in found:
        if places not in chosen and any(test(value) for test in field.tests):
            chosen.append(places)
    return any(_holds(rest, values, places) for places in chosen)


def _agree(one: Places, other: Places) -> bool:
    return all(one.get(array, index) == index for array, index in other.items())


def _join(path: str, name: object) -> str:
    """A name with a dot in it equals the nesting it spells, as in the service."""
    return f"{path}.{name}" if path else str(name)


def _heads(path: str) -> Iterable[str]:
    return (path[:end] for end in [*(dot.start() for dot in re.finditer(r"\.", path)), len(path)])


Branch = dict[str, _Field]


def _object(node: object, path: str, *, reserved: frozenset[str]) -> list[Branch]:
    """The alternatives an object of the pattern stands for; each `$or` in it multiplies them."""
    if not isinstance(node, Mapping) or not node:
        raise refuse(path, "a pattern is an object with at least one field", node)
    branches: list[Branch] = [{}]
    for name, value in node.items():
        here = _join(path, name)
        if name in reserved:
            raise refuse(here, "inside $or no field has the name of an operator", name)
        members = _or(value, path, here) if name == "$or" else _member(value, here, reserved=reserved)
        if len(branches) * len(members) > ALTERNATIVES_MAX:
            raise refuse(here, f"$or makes at most {ALTERNATIVES_MAX} combinations", len(branches) * len(members))
        branches = [_merged(one, other) for one, other in product(branches, members)]
    return branches


def _or(value: object, path: str, here: str) -> list[Branch]:
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise refuse(here, "$or holds a list of two or more objects", value)
    return [branch for option in value for branch in _object(option, path, reserved=RESERVED)]


def _member(value: object, here: str, *, reserved: frozenset[str]) -> list[Branch]:
    if isinstance(value, Mapping):
        return _object(value, here, reserved=reserved)
    if isinstance(value, list | tuple) and value:
        return [{here: _field(here, value)}]
    raise refuse(here, "a field holds an object, or a list of values that is not empty", value)


def _merged(one: Branch, other: Branch) -> Branch:
    for path in one.keys() & other.keys():
        raise refuse(path, "a path occurs once in every combination", path)
    return one | other


def _field(path: str, values: list[object] | tuple[object, ...]) -> _Field:
    tests = tuple(comparison(value, f"{path}[{index}]") for index, value in enumerate(values))
    return _Field(path, tests, any(isinstance(value, Mapping) and value.get("exists") is False for value in values))
