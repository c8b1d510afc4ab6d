"""JSON with the line of every value; doubled keys, depth and odd numbers are refused with their line."""

import math
import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from holdfast.compliance.template.document import Document, Growing, Place, TemplateError

SPACE = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
WORDS = {"true": True, "false": False, "null": None}
MOST_DIGITS = 400
STRINGS = JSONDecoder()


def read(text: str, path: str) -> Document:
    """Read one JSON value and nothing after it."""
    scanner = _Scanner(text, Growing(text, path))
    value, at = scanner.value(scanner.past_space(0), ())
    if (end := scanner.past_space(at)) != len(text):
        raise scanner.error(end, "expected the end of the file")
    return Document(path, value, scanner.growing.lines)


class _Scanner:
    def __init__(self, text: str, growing: Growing) -> None:
        self.growing = growing
        self._text = text

    def value(self, at: int, place: Place) -> tuple[Any, int]:
        self.growing.note(place, self.growing.line_at(at))
        letter = self._text[at : at + 1]
        if letter == "{":
            return self._object(at, place)
        if letter == "[":
            return self._array(at, place)
        return self._string(at) if letter == '"' else self._scalar(at)

    def past_space(self, at: int) -> int:
        found = SPACE.match(self._text, at)
        return found.end() if found else at

    def error(self, at: int, said: str) -> TemplateError:
        got = self._text[at : at + 12] or "the end of the file"
        return self.growing.error(self.growing.line_at(at), f"not JSON: {said}, got {got}")

    def _object(self, at: int, place: Place) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.past_space(at + 1)
        while self._text[at : at + 1] != "}":
            if found:
                at = self._passed(",", at)
            start = at
            key, at = self._string(at)
            if key in found:
                raise self.error(start, f"{key} is said twice")
            at = self._passed(":", self.past_space(at))
            self.growing.note((*place, key), self.growing.line_at(start))
            found[key], at = self.value(at, (*place, key))
            at = self.past_space(at)
        return found, at + 1

    def _array(self, at: int, place: Place) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self.past_space(at + 1)
        while self._text[at : at + 1] != "]":
            if found:
                at = self._passed(",", at)
            value, at = self.value(at, (*place, len(found)))
            found.append(value)
            at = self.past_space(at)
        return found, at + 1

    def _passed(self, letter: str, at: int) -> int:
        if self._text[at : at + 1] != letter:
            raise self.error(at, f"expected {letter!r}")
        return self.past_space(at + 1)

    def _string(self, at: int) -> tuple[str, int]:
        if self._text[at : at + 1] != '"':
            raise self.error(at, "expected a text in quotes")
        try:
            text, end = STRINGS.raw_decode(self._text, at)
        except JSONDecodeError as error:
            raise self.error(error.pos, error.msg) from error
        return str(text), end

    def _scalar(self, at: int) -> tuple[Any, int]:
        for word, value in WORDS.items():
            if self._text.startswith(word, at):
                return value, at + len(word)
        number = NUMBER.match(self._text, at)
        if number is None or len(number[0]) > MOST_DIGITS:
            raise self.error(at, "expected a value")
        whole = number[2] is None and number[3] is None
        if not whole and math.isinf(float(number[0])):
            raise self.error(at, "expected a number that can be kept")
        return (int(number[0]) if whole else float(number[0])), number.end()
