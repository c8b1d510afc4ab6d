"""A template's resources as they would be made: which there are, by what name, with which properties."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from holdfast.compliance.partial import Unresolved
from holdfast.compliance.resource import partition_of
from holdfast.compliance.template.document import Document, Place
from holdfast.compliance.template.loops import Unroller
from holdfast.compliance.template.resolver import Known, Resolver
from holdfast.compliance.template.stand_ins import Surroundings
from holdfast.compliance.template.symbols import CLOSE, OPEN, Symbol, settled
from holdfast.compliance.template.typed import typed

HARMLESS = ("AWS::LanguageExtensions", "AWS::Serverless-", "AWS::SecretsManager-", "AWS::CodeDeployBlueGreen")
PSEUDO = {"AWS::AccountId": "account", "AWS::Region": "region", "AWS::Partition": "partition"}


@dataclass(frozen=True)
class Item:
    """One resource of a template; `doubt` says why it is not known whether it is made at all.

    `unread` says why nothing is known of its properties, if so: each of them is then `Unresolved`.
    """

    logical_id: str
    type: str
    name: str
    properties: dict[str, Any]
    place: Place
    doubt: str | None = None
    unread: str | None = None
    condition: str | None = None

    @cached_property
    def texts(self) -> str:
        """Give every text among its properties."""
        return "\n".join(_texts(self.properties))


class Unknown(dict[str, Any]):
    """Properties of which nothing is known: whichever is asked for, it is not."""

    def __init__(self, unresolved: Any) -> None:
        super().__init__()
        self._unresolved = unresolved

    def __missing__(self, key: str) -> Any:
        return self._unresolved

    def get(self, key: str, default: Any = None) -> Any:
        """Give what stands for every property."""
        return self._unresolved


@dataclass(frozen=True)
class Template:
    """A document read as a template, with what is known of its parameters and of other stacks."""

    document: Document
    given: Mapping[str, Any] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a document that is no template, naming file and line."""
        data, error = self.document.data, self.document.error
        if not isinstance(data, dict) or not isinstance(data.get("Resources"), dict) or not data["Resources"]:
            raise error("no CloudFormation template: expected a mapping Resources with something in it")
        for section in ("Parameters", "Conditions", "Mappings", "Outputs"):
            if not isinstance(data.get(section) or {}, dict):
                raise error(f"{section}: expected a mapping", section)
        for logical_id, written in data["Resources"].items():
            is_loop = logical_id.startswith("Fn::")
            if not is_loop and not (isinstance(written, dict) and isinstance(written.get("Type"), str)):
                raise error(f"resource {logical_id[:80]}: expected a mapping with a Type", "Resources", logical_id)
            if not is_loop and not isinstance(written.get("Properties") or {}, dict):
                raise error(
                    f"properties of {logical_id[:80]}: expected a mapping", "Resources", logical_id, "Properties"
                )

    @cached_property
    def around(self) -> Surroundings:
        """Give the account and Region it is taken to be deployed in."""
        told = {PSEUDO[name]: str(value) for name, value in self.given.items() if name in PSEUDO}
        if "partition" not in told and "region" in told:
            told["partition"] = partition_of(told["region"])
        return replace(Surroundings(), **told)

    @cached_property
    def is_region_known(self) -> bool:
        """Tell whether anybody said which Region it is for."""
        return "AWS::Region" in self.given

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Give every resource that is made, or may be."""
        try:
            return tuple(self._items())
        except RecursionError as error:
            raise self.document.error("its functions refer on and on without end", "Resources") from error

    @cached_property
    def lost(self) -> dict[Place, str]:
        """Say where resources may stand that are not known, and why."""
        found = dict(self._unrolled.lost)
        for name in self.document.data["Resources"]:
            if name.startswith("Fn::") and not name.startswith("Fn::ForEach::"):
                found["Resources", name] = f"{name[:60]} adds resources only when it is deployed"
        return found

    @cached_property
    def caveat(self) -> str | None:
        """Say why the template may be deployed otherwise than it is written, or `None`."""
        written = self.document.data.get("Transform", [])
        macros = [one.get("Name") if isinstance(one, dict) else one for one in _listed(written)]
        foreign = [str(one)[:60] for one in macros if not str(one).startswith(HARMLESS)]
        return f"macro {foreign[0]} may change it before it is deployed" if foreign else None

    def exported(self) -> dict[str, str]:
        """Give what the stack exports, as far as it is known."""
        found: dict[str, str] = {}
        for output in self._section("Outputs").values():
            if isinstance(output, dict) and isinstance(output.get("Export"), dict):
                name, value = (self.settle(part) for part in (output["Export"].get("Name"), output.get("Value")))
                if isinstance(name, str) and isinstance(value, str):
                    found[name] = value
        return found

    def settle(self, value: Any) -> Any:
        """Resolve a value; what cannot be known in it is `Unresolved`."""
        return settled(self._resolver.resolve(value), self._own_names)

    def _items(self) -> Iterator[Item]:
        for logical_id, written in self._unrolled.written.items():
            if not isinstance(written, dict) or not isinstance(written.get("Type"), str):
                continue
            holds = self._resolver.condition(written["Condition"]) if "Condition" in written else True
            if holds is False:
                continue
            properties = self.settle(written.get("Properties") or {})
            yield Item(
                logical_id,
                written["Type"],
                settled(self._resolver.name_of(logical_id), self._own_names),
                typed(properties) if isinstance(properties, dict) else Unknown(properties),
                self._unrolled.places[logical_id],
                holds.reason if isinstance(holds, Symbol) else None,
                properties.reason if isinstance(properties, Unresolved) else None,
                str(written["Condition"]) if "Condition" in written else None,
            )

    @cached_property
    def _unrolled(self) -> Any:
        unroller = Unroller(Resolver(self._known({}, {})).resolve)
        return unroller.section(self._section("Resources"), ("Resources",))

    @cached_property
    def _resolver(self) -> Resolver:
        conditions = Unroller(Resolver(self._known({}, {})).resolve).section(self._section("Conditions"), ())
        resources = {name: body for name, body in self._unrolled.written.items() if isinstance(body, dict)}
        return Resolver(self._known(conditions.written, resources))

    def _known(self, conditions: Mapping[str, Any], resources: Mapping[str, Any]) -> Known:
        return Known(
            self._section("Parameters"), conditions, self._section("Mappings"), resources, self.around, self.given,
            self.exports,
        )  # fmt: skip

    @cached_property
    def _own_names(self) -> dict[str, str]:
        """Give the logical id that stands for each name of which a part is not known."""
        bodies = [(name, body) for name, body in self._unrolled.written.items() if isinstance(body, dict)]
        found: dict[str, str] = {}
        for name, _ in sorted(bodies, key=lambda one: one[1].get("Type") != "AWS::S3::Bucket"):
            if isinstance(written := self._resolver.name_of(name), Symbol):
                found.setdefault(str(written), name)
        return found

    def _section(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.document.data.get(name) or {}
        return found


def not_known(name: str, value: Any) -> Any:
    """Give a value to another template: what is not known here stays not known there."""
    return Symbol(f"{OPEN}{name}{CLOSE}", value.reason) if isinstance(value, Unresolved) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
