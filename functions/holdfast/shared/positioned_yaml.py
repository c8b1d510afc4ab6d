"""YAML with the line of every value, and without YAML's traps: aliases, depth, size, doubled keys."""

from pathlib import Path
from typing import Any

import yaml

from holdfast.shared.errors import ConfigurationError

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 24
Place = tuple[Any, ...]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise YamlError(f"{path}: not YAML: {str(error)[:200]}") from error
    lines: dict[Place, int] = {}
    return (_value(node, (), lines, path) if node is not None else None), lines


def _refuse_traps(text: bytes, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.AliasEvent):
            where = f"{path}:{_line(event)}"
            raise YamlError(f"{where}: alias *{event.anchor}: aliases are refused, write the value out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            raise YamlError(f"{path}:{_line(event)}: nested deeper than {MOST_DEPTH} levels")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _value(node: Any, place: Place, lines: dict[Place, int], path: Path) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, at), lines, path) for at, child in enumerate(node.value)]
    return _scalar(node, path)


def _mapping(node: Any, place: Place, lines: dict[Place, int], path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
            raise YamlError(f"{path}:{line}: expected a plain key")
        key = key_node.value
        if key in found:
            raise YamlError(f"{path}:{line}: {key} is said twice, first on line {lines[(*place, key)]}")
        found[key] = _value(value_node, (*place, key), lines, path)
        lines[(*place, key)] = line
    return found


def _scalar(node: Any, path: Path) -> Any:
    loader = LOADER("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise YamlError(f"{path}:{node.start_mark.line + 1}: {str(error)[:160]}") from error
    finally:
        loader.dispose()
