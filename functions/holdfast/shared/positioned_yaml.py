"""YAML with the line of every value, without its traps: aliases, tags, depth, size, doubled keys, odd scalars."""

import re
from pathlib import Path
from typing import Any

import yaml

from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 24
Place = tuple[Any, ...]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+")


class YamlError(ConfigurationError):
    """A YAML file cannot be read as plain data."""


def load_positioned(text: bytes, path: Path) -> tuple[Any, dict[Place, int]]:
    """Read plain data and the line of each value, or raise `YamlError` with file, line and what was expected."""
    if len(text) > MOST_BYTES:
        raise YamlError(f"{path}: {len(text)} bytes, expected at most {MOST_BYTES}")
    try:
        _refuse_traps(text, path)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlError(f"{path}:{line}: not YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count(b"\n") + 1
        raise YamlError(f"{path}:{line}: not YAML: {error.reason}") from error
    reader = _Reader(path)
    return (reader.value(node, ()) if node is not None else None), reader.lines


def _refuse_traps(text: bytes, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.AliasEvent):
            where = f"{path}:{_line(event)}"
            raise YamlError(f"{where}: alias *{event.anchor}: aliases are refused, write the value out")
        if (tag := getattr(event, "tag", None)) is not None:
            raise YamlError(f"{path}:{_line(event)}: tag {printable(tag)}: tags are refused, write the plain value")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            raise YamlError(f"{path}:{_line(event)}: nested deeper than {MOST_DEPTH} levels")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reader:
    """Turn nodes into plain data, and note the line of each."""

    def __init__(self, path: Path) -> None:
        self.lines: dict[Place, int] = {}
        self._path = path
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: Any, place: Place) -> Any:
        """Read a node and what is below it."""
        self.lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*place, at)) for at, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == f"{TAG}merge":
                raise self._error(key_node, "expected a plain key")
            key = key_node.value
            if key in found:
                first = self.lines[(*place, key)]
                raise self._error(key_node, f"{printable(key)} is said twice, first on line {first}")
            found[key] = self.value(value_node, (*place, key))
            self.lines[(*place, key)] = key_node.start_mark.line + 1
        return found

    def _scalar(self, node: Any) -> Any:
        if (surprise := _surprise(node)) is not None:
            raise self._error(node, surprise)
        if node.tag == f"{TAG}str" and not node.style and EXPONENT.fullmatch(node.value):
            return float(node.value)
        try:
            return self._scalars.construct_object(node)
        except yaml.MarkedYAMLError as error:
            raise self._error(node, str(error.problem)) from error
        except (ValueError, OverflowError) as error:
            raise self._error(node, str(error)[:160]) from error

    def _error(self, node: Any, said: str) -> YamlError:
        return YamlError(f"{self._path}:{node.start_mark.line + 1}: {said}")


def _surprise(node: Any) -> str | None:
    """Tell what YAML would make of a scalar, if that is not what a reader expects."""
    text = str(node.value)
    kind = node.tag.removeprefix(TAG)
    if kind == "bool" and text.lower() not in ("true", "false"):
        return f"{text} is true or false to YAML, expected one of these two words, or {text!r} in quotes"
    if (kind == "int" and not WHOLE.fullmatch(text)) or (kind == "float" and not {"_", ":"}.isdisjoint(text)):
        return f"{text[:40]} is not written as a plain decimal number, expected one, or text in quotes"
    return None
