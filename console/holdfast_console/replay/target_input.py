"""What a rule's target receives: the event itself, or what Input, InputPath or InputTransformer make of it.

Source: EventBridge user guide, "Amazon EventBridge input transformation"; API reference, "InputTransformer".
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from holdfast.shared.errors import ConfigurationError

PLACEHOLDER = re.compile(r"<([^<>\s]+)>")
STEP = re.compile(r"\.(?P<name>[\w\-/]+)|\[(?P<index>\d+)\]|(?P<every>\.\*|\[\*\])")
PATHS_MAX = 100
PREDEFINED = frozenset(
    f"aws.events.{name}" for name in ("rule-arn", "rule-name", "event", "event.json", "event.ingestion-time")
)

Event = Mapping[str, object]
Render = Callable[[Event, Mapping[str, object]], str]
MISSING = object()


@dataclass(frozen=True, slots=True)
class TargetInput:
    """A target's input settings, checked when parsed: at most one of Input, InputPath and InputTransformer."""

    _render: Render

    @classmethod
    def parse(cls, target: Mapping[str, object]) -> "TargetInput":
        """From one entry of a rule's `Targets` as CloudFormation holds it."""
        named = [name for name in FORMS if target.get(name) is not None]
        if len(named) > 1:
            raise ConfigurationError(f"a target takes one of {', '.join(FORMS)}, got {' and '.join(named)}")
        return cls(FORMS[named[0]](target[named[0]]) if named else lambda event, _: _text(event))

    def render(self, event: Event, *, rule_arn: str, ingestion_time: str) -> str:
        """The text the target receives: an SQS message body, a Lambda payload."""
        predefined = {
            "aws.events.rule-arn": rule_arn,
            "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
            "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
            "aws.events.event.json": event,
            "aws.events.event.ingestion-time": ingestion_time,
        }
        return self._render(event, predefined)


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _constant(text: object) -> Render:
    if not isinstance(text, str) or not _is_json(text):
        raise ConfigurationError(f"a target's Input is JSON text, got {text!r}")
    return lambda _event, _predefined: text


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _part(path: object) -> Render:
    find = _finder(path)

    def render(event: Event, _predefined: Mapping[str, object]) -> str:
        value = find(event)
        if value is MISSING:
            raise ConfigurationError(f"a target's InputPath {path} finds nothing in the event {event.get('id')}")
        return _text(value)

    return render


def _finder(path: object) -> Callable[[object], object]:
    """A JSON path in the syntax the service supports: dots, array indices and wildcards."""
    steps = list(STEP.finditer(path[1:])) if isinstance(path, str) else []
    if not isinstance(path, str) or path != "$" + "".join(step.group() for step in steps):
        raise ConfigurationError(f"a JSON path starts with $ and goes on by .name, [index] or .*, got {path!r}")

    def find(event: object) -> object:
        value = event
        for step in steps:
            value = _step(value, step)
        return value

    return find


def _step(value: object, step: re.Match[str]) -> object:
    if step["name"] is not None:
        return value.get(step["name"], MISSING) if isinstance(value, Mapping) else MISSING
    if step["every"] is not None:
        return list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else MISSING
    index = int(step["index"])
    return value[index] if isinstance(value, list) and index < len(value) else MISSING


def _transformer(settings: object) -> Render:
    if not isinstance(settings, Mapping) or not isinstance(template := settings.get("InputTemplate"), str):
        raise ConfigurationError(f"an InputTransformer has an InputTemplate, got {settings!r}")
    paths = _named_paths(settings.get("InputPathsMap") or {})
    finders = {name: _finder(path) for name, path in paths.items()}
    _check_template(template, finders.keys() | PREDEFINED)

    def render(event: Event, predefined: Mapping[str, object]) -> str:
        return _filled(template, {**{name: find(event) for name, find in finders.items()}, **predefined})

    return render


def _named_paths(paths: object) -> dict[str, object]:
    if not isinstance(paths, Mapping) or len(paths) > PATHS_MAX:
        raise ConfigurationError(f"InputPathsMap is an object of at most {PATHS_MAX} paths, got {paths!r}")
    named = {str(name): path for name, path in paths.items()}
    reserved = sorted(name for name in named if name.lower().startswith("aws."))
    if reserved:
        raise ConfigurationError(f"names in InputPathsMap do not start with AWS., got {', '.join(reserved)}")
    return named


def _check_template(template: str, known: frozenset[str] | set[str]) -> None:
    """A template is JSON once its variables are filled: an object, a list or a quoted string."""
    unknown = sorted(set(PLACEHOLDER.findall(template)) - known)
    if unknown:
        raise ConfigurationError(f"InputTemplate names what InputPathsMap does not define: {', '.join(unknown)}")
    keys: list[str] = []

    def remember(pairs: list[tuple[str, object]]) -> None:
        keys.extend(name for name, _ in pairs)

    try:
        json.loads(
            _substituted(template, lambda name, inside: f"<{name}>" if inside else "0"), object_pairs_hook=remember
        )
    except ValueError as error:
        raise ConfigurationError(
            f"InputTemplate is not JSON (strings need quotes): {error}, got {template!r}"
        ) from error
    if any(PLACEHOLDER.search(key) for key in keys):
        raise ConfigurationError(f"InputTemplate uses a variable as the name of a field, got {template!r}")


def _substituted(template: str, replace: Callable[[str, bool], str]) -> str:
    """Replace each variable, telling whether it stands inside a JSON string."""
    inside = False
    pieces: list[str] = []
    for token in re.finditer(r'<[^<>\s]+>|\\.|"|[^<"\\]+|.', template, re.DOTALL):
        text = token.group()
        inside ^= text == '"'
        pieces.append(replace(text[1:-1], inside) if PLACEHOLDER.fullmatch(text) else text)
    return "".join(pieces)


def _filled(template: str, values: Mapping[str, object]) -> str:
    def value(name: str, inside: bool) -> str:
        """Inside a string a value is put in as it is: the service does not escape it. A variable not found is empty."""
        found = "" if values[name] is MISSING else values[name]
        return found if inside and isinstance(found, str) else _text(found)

    text = _substituted(template, value)
    try:
        return _text(json.loads(text))
    except ValueError as error:
        raise ConfigurationError(f"the transformed input is not JSON: {error}, got {text!r}") from error


FORMS: dict[str, Callable[[object], Render]] = {
    "Input": _constant,
    "InputPath": _part,
    "InputTransformer": _transformer,
}
