"""CloudFormation's functions and conditions, answered as far as a template alone answers them."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.compliance.template.stand_ins import (
    Surroundings,
    arn,
    domain,
    is_made_elsewhere,
    naming_properties,
    reference,
    tail_of,
)
from holdfast.compliance.template.symbols import CLOSE, MOST_TEXT, OPEN, Symbol, joined, unknown

VARIABLE = re.compile(r"\$\{([^}]*)\}")
DYNAMIC = "{{resolve:"
MOST_STEPS = 60
GONE = object()
KEPT_IN_SSM = "AWS::SSM::Parameter::Value"


class MalformedError(Exception):
    """A function is not written as CloudFormation asks; stays inside this module."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that a template's functions may speak of: its own sections, what was given, and what other stacks export."""

    parameters: Mapping[str, Any]
    conditions: Mapping[str, Any]
    mappings: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]
    around: Surroundings
    given: Mapping[str, Any]
    exports: Mapping[str, Any]


class Resolver:
    """Resolves values of one template; what cannot be known becomes a `Symbol` that says why."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._conditions: dict[str, bool | Symbol] = {}
        self._names: dict[str, str] = {}
        self._under_way: list[str] = []
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref, "Fn::GetAtt": self._get_att, "Fn::Sub": self._sub, "Fn::Join": self._join,
            "Fn::Select": self._select, "Fn::Split": self._split, "Fn::If": self._if, "Fn::FindInMap": self._find,
            "Fn::ImportValue": self._import, "Fn::Base64": self._base64, "Fn::Length": self._length,
            "Fn::ToJsonString": self._to_json, "Fn::Equals": self._equals, "Fn::Not": self._not,
            "Fn::And": lambda argument: self._both(argument, ends=False),
            "Fn::Or": lambda argument: self._both(argument, ends=True), "Condition": self.condition,
        }  # fmt: skip

    def resolve(self, value: Any) -> Any:
        """Give the value with every function in it answered, and without what is AWS::NoValue."""
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list):
            return [found for part in value if (found := self.resolve(part)) is not GONE]
        if isinstance(value, str) and DYNAMIC in value:
            return Symbol(
                f"{OPEN}{value}{CLOSE}", f"a dynamic reference ({value[:60]}) is read only when it is deployed"
            )
        return value

    def condition(self, name: Any) -> bool | Symbol:
        """Tell whether a condition of the template holds, or why that is not known."""
        if not isinstance(name, str) or name not in self._known.conditions:
            return unknown({"Condition": name}, f"condition {str(name)[:60]!r} is not in the template")
        if name not in self._conditions:
            self._conditions[name] = self._guarded(
                f"Condition {name}", lambda: self._truth(self.resolve(self._known.conditions[name]), name)
            )
        return self._conditions[name]

    def name_of(self, logical_id: str) -> str:
        """Give the name of a resource: its own if the template says one, else its logical id."""
        if logical_id not in self._names:
            found = self._guarded(f"Name {logical_id}", lambda: self._named(logical_id))
            self._names[logical_id] = found if isinstance(found, str) else logical_id
        return self._names[logical_id]

    def _mapping(self, value: Mapping[str, Any]) -> Any:
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in self._functions and (name != "Condition" or isinstance(argument, str)):
                return self._answered(name, argument, value)
        if foreign := next((name for name in value if str(name).startswith("Fn::")), None):
            why = "is answered only when it is deployed" if len(value) == 1 else "changes what stands beside it"
            return unknown(value, f"{foreign[:60]} {why}")
        return {key: found for key, part in value.items() if (found := self.resolve(part)) is not GONE}

    def _answered(self, name: str, argument: Any, whole: Mapping[str, Any]) -> Any:
        try:
            return self._functions[name](argument)
        except MalformedError as error:
            return unknown(whole, f"{name} is not written as CloudFormation asks: {error}")

    def _guarded(self, step: str, answer: Callable[[], Any]) -> Any:
        """Follow a reference, unless it leads back to itself or on without end."""
        if step in self._under_way or len(self._under_way) > MOST_STEPS:
            return unknown(step, f"{step.lower()[:80]} refers back to itself, or on without end")
        self._under_way.append(step)
        try:
            return answer()
        finally:
            self._under_way.pop()

    def _named(self, logical_id: str) -> Any:
        resource = self._known.resources[logical_id]
        properties = _properties(resource)
        written = next((key for key in naming_properties(str(resource.get("Type"))) if key in properties), None)
        found = logical_id if written is None else self.resolve(properties[written])
        return str(found) if isinstance(found, int) and not isinstance(found, bool) else found

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise MalformedError("expected a name")
        if name == "AWS::NoValue":
            return GONE
        if name in self._known.given:
            return self._typed_parameter(name, self._known.given[name])
        if name in self._known.parameters:
            return self._parameter(name)
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self._known.resources:
            return self._of_resource(name)
        return unknown({"Ref": name}, f"{name[:60]!r} is neither a parameter nor a resource of the template")

    def _pseudo(self, name: str) -> Any:
        around = self._known.around
        suffix = "amazonaws.com.cn" if around.partition == "aws-cn" else "amazonaws.com"
        found = {
            "AWS::AccountId": around.account, "AWS::Region": around.region, "AWS::Partition": around.partition,
            "AWS::URLSuffix": suffix,
        }.get(name)  # fmt: skip
        return found if found is not None else unknown({"Ref": name}, f"{name[:60]} is known only when it is deployed")

    def _parameter(self, name: str) -> Any:
        written = self._known.parameters[name]
        if not isinstance(written, Mapping):
            raise MalformedError(f"parameter {name[:60]!r} is not a mapping")
        if "Default" in written:
            return self._typed_parameter(name, written["Default"])
        allowed = written.get("AllowedValues")
        if isinstance(allowed, list) and len(allowed) == 1:
            return self._typed_parameter(name, allowed[0])
        return unknown({"Ref": name}, f"parameter {name[:60]} has no default and was not given")

    def _typed_parameter(self, name: str, value: Any) -> Any:
        """Give a parameter's value as a text, or as texts if its type is a list."""
        if isinstance(value, Symbol):
            return value
        written = self._known.parameters.get(name)
        kind = str(written.get("Type", "")) if isinstance(written, Mapping) else ""
        if kind.startswith(KEPT_IN_SSM):
            return unknown({"Ref": name}, f"parameter {name[:60]} is read from Systems Manager when it is deployed")
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            parts = value if isinstance(value, list) else str(value).split(",")
            return [_text(part).strip() for part in parts]
        return value if isinstance(value, list) else self.resolve(_text(value))

    def _of_resource(self, name: str) -> Any:
        resource = self._known.resources[name]
        if self._exists(resource) is False:
            return unknown({"Ref": name}, f"resource {name[:60]} is not made: its condition does not hold")
        found = self.name_of(name)
        before, _, after = reference(str(resource.get("Type")), "\0", self._known.around).partition("\0")
        return joined([before, found, after], {"Ref": name})

    def _exists(self, resource: Mapping[str, Any]) -> bool | Symbol:
        return self.condition(resource["Condition"]) if "Condition" in resource else True

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
            raise MalformedError("expected a resource and an attribute")
        name, attribute = parts[0], self.resolve(parts[1])
        whole = {"Fn::GetAtt": [name, attribute]}
        resource = self._known.resources.get(name)
        if resource is None:
            return unknown(whole, f"{name[:60]!r} is no resource of the template")
        if isinstance(attribute, Symbol) or not isinstance(attribute, str):
            return unknown(whole, f"which attribute of {name[:60]} is meant is not known")
        if self._exists(resource) is False:
            return unknown(whole, f"resource {name[:60]} is not made: its condition does not hold")
        return self._attribute(name, str(resource.get("Type")), attribute, whole)

    def _attribute(self, name: str, type_name: str, attribute: str, whole: Any) -> Any:
        if is_made_elsewhere(type_name):
            return unknown(whole, f"{attribute[:60]} of {name[:60]} is made by other code when it is deployed")
        own, around = self.name_of(name), self._known.around
        if attribute == f"{tail_of(type_name)}Name":
            return own
        properties = _properties(self._known.resources[name])
        if attribute in properties:
            return self._guarded(f"{name}.{attribute}", lambda: self.resolve(properties[attribute]))
        if attribute.endswith("Arn"):
            before, _, after = arn(type_name, "\0", around).partition("\0")
            return joined([before, own, after], whole)
        if type_name == "AWS::S3::Bucket" and (address := domain(attribute, "\0", around)) is not None:
            before, _, after = address.partition("\0")
            return joined([before, own, after], whole)
        return f"{name}.{attribute}"

    def _sub(self, argument: Any) -> Any:
        text, given = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str) or not isinstance(given, Mapping):
            raise MalformedError("expected a text, or a text and a mapping")
        parts: list[str] = []
        for at, part in enumerate(VARIABLE.split(text)):
            parts.append(part if at % 2 == 0 else self._substituted(part, given))
        return joined(parts, {"Fn::Sub": argument})

    def _substituted(self, variable: str, given: Mapping[str, Any]) -> str:
        name = variable.strip()
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in given:
            found = self.resolve(given[name])
        else:
            found = self._get_att(name) if "." in name and not name.startswith("AWS::") else self._ref(name)
        if found is GONE or isinstance(found, dict | list):
            raise MalformedError(f"{name[:60]} is not a text")
        return found if isinstance(found, Symbol) else _text(found)

    def _join(self, argument: Any) -> Any:
        delimiter, given = _pair(argument)
        values = self.resolve(given)
        if isinstance(values, Symbol):
            return unknown({"Fn::Join": argument}, values.reason)
        if not isinstance(values, list) or not isinstance(delimiter, str):
            raise MalformedError("expected a delimiter and a list")
        if any(isinstance(value, dict | list) for value in values):
            raise MalformedError("expected texts to join")
        texts = [value if isinstance(value, Symbol) else _text(value) for value in values]
        between = [part for text in texts for part in (delimiter, text)][1:]
        return joined(between, {"Fn::Join": argument})

    def _select(self, argument: Any) -> Any:
        index, values = (self.resolve(part) for part in _pair(argument))
        for part in (index, values):
            if isinstance(part, Symbol):
                return unknown({"Fn::Select": argument}, part.reason)
        if not isinstance(values, list) or not str(index).isdecimal() or int(str(index)[:9]) >= len(values):
            raise MalformedError("expected an index within a list")
        return values[int(index)]

    def _split(self, argument: Any) -> Any:
        delimiter, text = (self.resolve(part) for part in _pair(argument))
        if isinstance(text, Symbol):
            return unknown({"Fn::Split": argument}, text.reason)
        if not isinstance(text, str) or not isinstance(delimiter, str) or not delimiter:
            raise MalformedError("expected a delimiter and a text")
        return list(text.split(delimiter))

    def _if(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:
            raise MalformedError("expected a condition and two values")
        holds = self.condition(argument[0])
        if not isinstance(holds, Symbol):
            return self.resolve(argument[1] if holds else argument[2])
        first, second = self.resolve(argument[1]), self.resolve(argument[2])
        if first is second or (first is not GONE and first == second):
            return first
        said = f"condition {str(argument[0])[:60]} cannot be told: {holds.reason}"
        return unknown({"Fn::If": [argument[0], _kept(first), _kept(second)]}, said)

    def _find(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) not in (3, 4):
            raise MalformedError("expected a mapping and two keys")
        keys = [self.resolve(part) for part in argument[:3]]
        if lost := next((key for key in keys if isinstance(key, Symbol)), None):
            return unknown({"Fn::FindInMap": argument}, lost.reason)
        found: Any = self._known.mappings
        for key in keys:
            found = found.get(_text(key)) if isinstance(found, Mapping) else None
        if found is None and len(argument) == 4 and isinstance(argument[3], Mapping) and "DefaultValue" in argument[3]:
            return self.resolve(argument[3]["DefaultValue"])
        if found is None:
            raise MalformedError(f"there is no mapping {'.'.join(_text(key)[:40] for key in keys)}")
        return self.resolve(found)

    def _import(self, argument: Any) -> Any:
        name = self.resolve(argument)
        if not isinstance(name, str):
            raise MalformedError("expected a name")
        whole = {"Fn::ImportValue": str(name)}
        if isinstance(name, Symbol):
            return unknown(whole, f"which value is imported is not known: {name.reason}")
        found = self._known.exports.get(name)
        return found if found is not None else unknown(whole, f"import {name[:80]} is of a stack that is not given")

    def _base64(self, argument: Any) -> Any:
        text = self.resolve(argument)
        if isinstance(text, Symbol) or len(str(text)) > MOST_TEXT:
            return unknown({"Fn::Base64": argument}, getattr(text, "reason", "a text beyond all bounds is not read"))
        if not isinstance(text, str):
            raise MalformedError("expected a text")
        return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()

    def _length(self, argument: Any) -> Any:
        values = self.resolve(argument)
        if isinstance(values, Symbol):
            return unknown({"Fn::Length": argument}, values.reason)
        if not isinstance(values, list):
            raise MalformedError("expected a list")
        return len(values)

    def _to_json(self, argument: Any) -> Any:
        value = self.resolve(argument)
        if (symbol := first_symbol(value)) is not None:
            return unknown({"Fn::ToJsonString": argument}, symbol.reason)
        return json.dumps(value, separators=(",", ":"))

    def _equals(self, argument: Any) -> Any:
        first, second = (self.resolve(part) for part in _pair(argument))
        symbol = first_symbol([first, second])
        if symbol is None:
            return _text(first) == _text(second) if not isinstance(first, dict | list) else first == second
        return True if first == second else unknown({"Fn::Equals": argument}, symbol.reason)

    def _not(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 1:
            raise MalformedError("expected one condition")
        holds = self._truth(self.resolve(argument[0]), "Fn::Not")
        return holds if isinstance(holds, Symbol) else not holds

    def _both(self, argument: Any, *, ends: bool) -> Any:
        """Join conditions: one that equals `ends` settles it, whatever is not known of the others."""
        if not isinstance(argument, list) or not argument:
            raise MalformedError("expected conditions")
        truths = [self._truth(self.resolve(part), "Fn::Or" if ends else "Fn::And") for part in argument]
        if any(truth is ends for truth in truths):
            return ends
        symbol = next((truth for truth in truths if isinstance(truth, Symbol)), None)
        return not ends if symbol is None else symbol

    @staticmethod
    def _truth(value: Any, name: str) -> bool | Symbol:
        if isinstance(value, bool | Symbol):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return unknown(name, f"condition {name[:60]} is neither true nor false")


def first_symbol(value: Any) -> Symbol | None:
    """Find a part of a value that is not known."""
    if isinstance(value, Symbol):
        return value
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for part in parts if (found := first_symbol(part)) is not None), None)


def _properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = resource.get("Properties")
    return properties if isinstance(properties, Mapping) else {}


def _pair(argument: Any) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != 2:
        raise MalformedError("expected two values")
    return argument


def _kept(value: Any) -> Any:
    return None if value is GONE else value


def _text(value: Any) -> str:
    """Write a scalar as CloudFormation does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
