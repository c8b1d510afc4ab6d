"""Hands for a template's values, each of which may not be known."""

from collections.abc import Callable, Mapping
from typing import Any

from holdfast.compliance.facts import Fact, Unread
from holdfast.compliance.partial import Unresolved

Made = Callable[[Any], Any]
Names = Mapping[str, tuple[str, Made]]


def same(value: Any) -> Any:
    """Leave a value as it is."""
    return value


def known(make: Made) -> Made:
    """Make something of what is known, and leave alone what is not."""
    return lambda value: value if isinstance(value, Unresolved) else make(value)


@known
def truth(value: Any) -> Any:
    """Read a boolean as CloudFormation does, written as one or as text."""
    return value.lower() == "true" if isinstance(value, str) else value


@known
def number(value: Any) -> Any:
    """Read a whole number as CloudFormation does, written as one or as text."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


def each(make: Made) -> Made:
    """Make something of every item of a list; one that stands alone counts as a list of one."""
    return known(lambda value: [known(make)(item) for item in (value if isinstance(value, list) else [value])])


def renamed(names: Names) -> Made:
    """Give a mapping with AWS's names for those of a template, and leave out what has none."""

    def make(value: Any) -> Any:
        given = mapping(value)
        return {name: known(made)(given[key]) for key, (name, made) in names.items() if given.get(key) is not None}

    return known(make)


def mapping(value: Any) -> Mapping[str, Any]:
    """Read a mapping; whatever else stands in its place holds nothing."""
    return value if isinstance(value, Mapping) else {}


def unresolved_in(value: Any) -> Unresolved | None:
    """Find the first part that is not known, however deep."""
    if isinstance(value, Unresolved):
        return value
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for part in inner if (found := unresolved_in(part)) is not None), None)


def whole(fact: Any) -> Fact | Unread:
    """Give a fact that is known at least in part, or say that none of it is."""
    return Unread(fact.reason) if isinstance(fact, Unresolved) else fact
