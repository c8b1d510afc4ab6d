"""CloudFormation's functions and conditions, resolved once every resource they name is installed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.shared.errors import ConfigurationError

VARIABLE = re.compile(r"\$\{([^}]*)\}")
NO_VALUE = object()
Resolved = Any


class TemplateError(ConfigurationError):
    """A template holds what this twin cannot install: the message names the resource."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What a resource became: the answer to `Ref`, and its attributes."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What a template's functions may speak of."""

    template: Mapping[str, Any]
    pseudo: Mapping[str, Any]
    exports: Mapping[str, str]
    installed: Callable[[str], Installed]


class Resolver:
    """Resolves values of one template; asking for a resource installs it first."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._functions: dict[str, Callable[[Any], Resolved]] = {
            "Ref": self._ref, "Fn::GetAtt": self._get_att, "Fn::Sub": self._sub, "Fn::Join": self._join,
            "Fn::Select": self._select, "Fn::Split": self._split, "Fn::If": self._if, "Fn::ImportValue": self._import,
            "Fn::FindInMap": self._find, "Fn::Equals": self._equals, "Fn::And": self._and, "Fn::Or": self._or,
            "Fn::Not": self._not, "Condition": self.condition,
        }  # fmt: skip

    def resolve(self, value: Any) -> Resolved:
        """Give the value with every function in it answered, and without what is AWS::NoValue."""
        if isinstance(value, Mapping):
            if (
                len(value) == 1
                and (name := next(iter(value))) in self._functions
                and self._is_function(name, value[name])
            ):
                return self._functions[name](value[name])
            if unknown := [name for name in value if str(name).startswith("Fn::")]:
                raise TemplateError(f"{unknown[0]} is not a function this twin knows")
            return {key: found for key, part in value.items() if (found := self.resolve(part)) is not NO_VALUE}
        if isinstance(value, list):
            return [found for part in value if (found := self.resolve(part)) is not NO_VALUE]
        return value

    def condition(self, name: str) -> bool:
        """Tell whether a condition of the template holds."""
        conditions = self._around.template.get("Conditions", {})
        if name not in conditions:
            raise TemplateError(f"condition {name!r} is not in the template")
        return bool(self.resolve(conditions[name]))

    @staticmethod
    def _is_function(name: str, argument: Any) -> bool:
        """A policy statement's Condition is an object, a reference to a condition is a name."""
        return name != "Condition" or isinstance(argument, str)

    def _ref(self, name: str) -> Resolved:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._around.pseudo:
            return self._around.pseudo[name]
        if name in self._around.template.get("Parameters", {}):
            return self._parameter(name)
        return self._around.installed(name).ref

    def _parameter(self, name: str) -> Resolved:
        parameter = self._around.template["Parameters"][name]
        if "Default" not in parameter:
            raise TemplateError(f"parameter {name!r} has no default")
        return parameter["Default"]

    def _get_att(self, argument: Any) -> Resolved:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        attributes = self._around.installed(name).attributes
        if attribute not in attributes:
            raise TemplateError(f"{name} has no attribute {attribute!r}, only {sorted(attributes)}")
        return attributes[attribute]

    def _sub(self, argument: Any) -> Resolved:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        values = self.resolve(given)

        def replaced(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in values:
                return str(values[name])
            return str(self._get_att(name) if "." in name else self._ref(name))

        return VARIABLE.sub(replaced, text)

    def _join(self, argument: Any) -> Resolved:
        return str(argument[0]).join(str(part) for part in self.resolve(argument[1]))

    def _select(self, argument: Any) -> Resolved:
        return self.resolve(argument[1])[int(self.resolve(argument[0]))]

    def _split(self, argument: Any) -> Resolved:
        return str(self.resolve(argument[1])).split(argument[0])

    def _if(self, argument: Any) -> Resolved:
        return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])

    def _import(self, argument: Any) -> Resolved:
        name = self.resolve(argument)
        if name not in self._around.exports:
            raise TemplateError(f"no stack installed before exports {name!r}")
        return self._around.exports[name]

    def _find(self, argument: Any) -> Resolved:
        mapping, first, second = (self.resolve(part) for part in argument)
        try:
            return self.resolve(self._around.template["Mappings"][mapping][first][second])
        except KeyError as error:
            raise TemplateError(f"no mapping {mapping}.{first}.{second}") from error

    def _equals(self, argument: Any) -> Resolved:
        return self.resolve(argument[0]) == self.resolve(argument[1])

    def _and(self, argument: Any) -> Resolved:
        return all(self.resolve(part) for part in argument)

    def _or(self, argument: Any) -> Resolved:
        return any(self.resolve(part) for part in argument)

    def _not(self, argument: Any) -> Resolved:
        return not self.resolve(argument[0])
