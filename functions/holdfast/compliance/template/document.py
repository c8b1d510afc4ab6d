"""A template's text as data, with the line of every value: JSON or YAML, whatever stands in it."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 60
MOST_VALUES = 400_000
Place = tuple[str | int, ...]


class TemplateError(ConfigurationError):
    """A file is no CloudFormation template that can be read: the message names file and line."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as data, and the line on which each value begins."""

    path: str
    data: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int:
        """Give the line of a value, or of what it stands in."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, said: str, *place: str | int) -> TemplateError:
        """Give an error that names the file and the line of a value."""
        return TemplateError(f"{self.path}:{self.line(*place)}: {printable(said)}")


def read(text: bytes, path: str) -> Document:
    """Read a file, or raise `TemplateError` with file, line and what was expected."""
    if len(text) > MOST_BYTES:
        raise TemplateError(f"{path}:1: {len(text)} bytes, expected at most {MOST_BYTES}")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise TemplateError(f"{path}:{line}: not UTF-8 text at byte {error.start}") from error
    if decoded.lstrip()[:1] == "{":
        from holdfast.compliance.template import json_text

        return json_text.read(decoded, path)
    try:
        from holdfast.compliance.template import yaml_text
    except ModuleNotFoundError as error:
        raise TemplateError(f"{path}:1: YAML cannot be read here: {error.name} is not packaged") from error
    return yaml_text.read(decoded, path)


class Growing:
    """A document while it is read: counts values and depth, and knows lines by offset."""

    def __init__(self, text: str, path: str) -> None:
        self.lines: dict[Place, int] = {}
        self._path = path
        self._starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
        self._values = 0

    def line_at(self, offset: int) -> int:
        """Give the line of an offset."""
        return bisect_right(self._starts, offset)

    def note(self, place: Place, line: int) -> None:
        """Count a value and remember its line; refuse what is too deep or too much."""
        self._values += 1
        if len(place) > MOST_DEPTH:
            raise self.error(line, f"nested deeper than {MOST_DEPTH} levels")
        if self._values > MOST_VALUES:
            raise self.error(line, f"more than {MOST_VALUES} values, aliases counted as often as they are used")
        self.lines.setdefault(place, line)

    def error(self, line: int, said: str) -> TemplateError:
        """Give an error that names the file and a line."""
        return TemplateError(f"{self._path}:{line}: {printable(said)}")
