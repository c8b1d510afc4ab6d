"""CloudFormation's YAML with the line of every value: short tags become functions, aliases are bounded."""

from collections.abc import Iterator
from typing import Any

import yaml

from holdfast.compliance.template.document import MOST_DEPTH, Document, Growing, Place, TemplateError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"
AS_WRITTEN = frozenset({"Ref", "Condition"})
SHORT = AS_WRITTEN | {
    "And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAZs", "GetAtt", "If", "ImportValue", "Join",
    "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform", "Contains", "EachMemberEquals",
    "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll",
}  # fmt: skip
KINDS = ("null", "bool", "int", "float", "str", "map", "seq", "timestamp", "value", "merge")
PLAIN = frozenset({"!", *(f"{TAG}{kind}" for kind in KINDS)})
TYPED = frozenset({f"{TAG}{kind}" for kind in ("null", "bool", "int", "float")})


def read(text: str, path: str) -> Document:
    """Read one YAML document."""
    growing = Growing(text, path)
    try:
        _refuse_depth(text, growing)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise growing.error(line, f"not YAML: {error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        raise growing.error(growing.line_at(error.position), f"not YAML: {error.reason}") from error
    data = _Reader(growing).value(node, ()) if node is not None else None
    return Document(path, data, growing.lines)


def _refuse_depth(text: str, growing: Growing) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            raise growing.error(
                event.start_mark.line + 1 if event.start_mark else 1, f"nested deeper than {MOST_DEPTH} levels"
            )


class _Reader:
    def __init__(self, growing: Growing) -> None:
        self._growing = growing
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: Any, place: Place) -> Any:
        self._growing.note(place, node.start_mark.line + 1)
        tag = str(node.tag)
        if tag in PLAIN:
            return self._plain(node, place)
        if not tag.startswith("!"):
            raise self._error(node, f"tag {tag[:80]} is none that CloudFormation takes")
        return self._function(tag[1:], node, place)

    def _function(self, short: str, node: Any, place: Place) -> dict[str, Any]:
        if short not in SHORT:
            raise self._error(node, f"tag !{short} is none of CloudFormation's")
        name = short if short in AS_WRITTEN else f"Fn::{short}"
        if isinstance(node, yaml.ScalarNode):
            return {name: node.value}
        return {name: self._plain(node, (*place, name))}

    def _plain(self, node: Any, place: Place) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*place, at)) for at, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in self._pairs(node):
            if key.value in found:
                raise self._error(key, f"{key.value} is said twice")
            self._take(key, value, place, found)
        for key, value in self._merged(node):
            if key.value not in found:
                self._take(key, value, place, found)
        return found

    def _take(self, key: Any, value: Any, place: Place, found: dict[str, Any]) -> None:
        self._growing.note((*place, key.value), key.start_mark.line + 1)
        found[key.value] = self.value(value, (*place, key.value))

    def _pairs(self, node: Any) -> Iterator[tuple[Any, Any]]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error(key, "expected a plain key")
            if key.tag != f"{TAG}merge":
                yield key, value

    def _merged(self, node: Any) -> Iterator[tuple[Any, Any]]:
        for key, value in node.value:
            if key.tag == f"{TAG}merge":
                for other in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if not isinstance(other, yaml.MappingNode):
                        raise self._error(key, "expected a mapping to merge")
                    yield from self._pairs(other)

    def _scalar(self, node: Any) -> Any:
        if node.tag not in TYPED:
            return str(node.value)
        try:
            return self._scalars.construct_object(node)
        except (yaml.MarkedYAMLError, ValueError, OverflowError) as error:
            raise self._error(node, f"not YAML: {str(error)[:100]}") from error

    def _error(self, node: Any, said: str) -> TemplateError:
        return self._growing.error(node.start_mark.line + 1, said)
