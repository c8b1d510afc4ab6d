"""Read a bucket policy: every form in which AWS lets one be written comes out alike.

A policy is JSON in a text, as S3 answers, or an object, as a template holds it. An object may have parts that nobody
knows yet: the elements of a statement are read when they are looked at, and only then is the unknown part in the way.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from holdfast.compliance.access.patterns import fits
from holdfast.compliance.facts import UnknownFactError
from holdfast.shared.errors import ContractError

EVERYONE = ANY = "*"
PARTITION = re.compile(r"^arn:aws[a-z-]*:")
QUANTIFIERS = ("foranyvalue:", "forallvalues:")
IF_EXISTS = "ifexists"
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: its operator and key in lower case, the operator without what is put around it."""

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, each element a tuple whatever form it was written in."""

    number: int
    body: Mapping[str, Any] | UnknownFactError

    @cached_property
    def name(self) -> str:
        """Give the name it goes by in a message."""
        sid = self._at("Sid")
        return repr(sid[:LONGEST_NAME]) if isinstance(sid, str) and sid else str(self.number)

    @cached_property
    def allows(self) -> bool:
        """Tell whether it allows; it denies otherwise."""
        effect = self._at("Effect")
        if effect not in ("Allow", "Deny"):
            raise ContractError(f"statement {self.number} of the bucket policy has no effect Allow or Deny")
        return bool(effect == "Allow")

    @cached_property
    def spares(self) -> bool:
        """Tell whether its principals are those that it does not mean."""
        return self._at("NotPrincipal") is not None

    @cached_property
    def principals(self) -> tuple[tuple[str, str], ...]:
        """Give each principal with its kind in lower case; who lets in and names nobody lets in everyone."""
        named = self._at("NotPrincipal") if self.spares else self._at("Principal")
        if named is None:
            return (("aws", EVERYONE),) if self.allows else ()
        if not isinstance(named, Mapping):
            return tuple(("aws", name) for name in _texts(named))
        return tuple((str(kind).lower(), name) for kind, names in named.items() for name in _texts(names))

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Give the actions that it means, in lower case; who lets in and names no action lets do everything."""
        if self._at("Action") is None and not self.not_actions:
            return (ANY,) if self.allows else ()
        return tuple(fits(action.lower()) for action in _texts(self._at("Action")))

    @cached_property
    def not_actions(self) -> tuple[str, ...]:
        """Give the actions all but which it means, in lower case."""
        return tuple(fits(action.lower()) for action in _texts(self._at("NotAction")))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """Give the resources that it means, in one partition's spelling."""
        return tuple(PARTITION.sub("arn:aws:", fits(resource)) for resource in _texts(self._at("Resource")))

    @cached_property
    def not_resources(self) -> tuple[str, ...]:
        """Give the resources all but which it means, in one partition's spelling."""
        return tuple(PARTITION.sub("arn:aws:", fits(resource)) for resource in _texts(self._at("NotResource")))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Give every test that must hold for it to apply."""
        return tuple(_conditions(self._at("Condition")))

    def _at(self, element: str) -> Any:
        if isinstance(self.body, UnknownFactError):
            raise self.body
        return self.body.get(element)


def parse(policy: str | Mapping[str, Any]) -> tuple[Statement, ...]:
    """Read a policy document, or raise `ContractError`: what AWS would not take for a policy is not judged."""
    return _read_text(policy) if isinstance(policy, str) else _read(policy)


def load(text: str) -> Any:
    """Read JSON as a policy must be: no key twice in one object, and no number that JSON cannot hold."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ContractError(f"the bucket policy is not json: {str(error)[:160]}") from error


@lru_cache(maxsize=16)
def _read_text(text: str) -> tuple[Statement, ...]:
    """Read a text once for all controls that judge by it."""
    return _read(load(text))


def _read(document: object) -> tuple[Statement, ...]:
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise ContractError("the bucket policy is not a policy document with statements")
    written = document["Statement"]
    bodies = [_item(written, place) for place in range(len(written))] if isinstance(written, list) else [written]
    return tuple(_statement(number, body) for number, body in enumerate(bodies, 1))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ContractError(f"the bucket policy has the key {twice[:LONGEST_NAME]!r} twice in one object")
    return found


def _refuse(constant: str) -> None:
    raise ContractError(f"the bucket policy is not json: {constant} is no number")


def _item(written: list[Any], place: int) -> Any:
    try:
        return written[place]
    except UnknownFactError as error:
        return error


def _statement(number: int, body: object) -> Statement:
    """Make a statement and look at what is known of it, so that a wrong one is refused at once."""
    if not isinstance(body, Mapping | UnknownFactError):
        raise ContractError(f"statement {number} of the bucket policy is not an object")
    statement = Statement(number, body)
    for look in (_effect, _tests, _targets):
        with suppress(UnknownFactError):
            look(statement)
    return statement


def _effect(statement: Statement) -> object:
    return statement.allows, statement.principals


def _tests(statement: Statement) -> object:
    return statement.conditions


def _targets(statement: Statement) -> object:
    return statement.actions, statement.not_actions, statement.resources, statement.not_resources


def _texts(value: object) -> tuple[str, ...]:
    """Give one value or a list of them as texts; JSON's true and "true" are the same to AWS."""
    values = list(value) if isinstance(value, list) else [] if value is None else [value]
    return tuple(one if isinstance(one, str) else _plain(one) for one in values)


def _plain(value: object) -> str:
    if isinstance(value, Mapping | list):
        raise ContractError("the bucket policy has an object or a list where a text belongs")
    return json.dumps(value)


def _conditions(block: Any) -> Iterator[Condition]:
    if block is None:
        return
    if not isinstance(block, Mapping):
        raise ContractError("a condition of the bucket policy is not operators over keys")
    for operator, tests in block.items():
        if not isinstance(tests, Mapping):
            raise ContractError("a condition of the bucket policy is not operators over keys")
        for key, values in tests.items():
            yield _condition(str(operator).lower(), str(key).lower(), _texts(values))


def _condition(operator: str, key: str, values: tuple[str, ...]) -> Condition:
    quantifier = next((found for found in QUANTIFIERS if operator.startswith(found)), "")
    bare = operator.removeprefix(quantifier)
    return Condition(
        operator=bare.removesuffix(IF_EXISTS), key=key, values=values, quantifier=quantifier.removesuffix(":"),
        if_exists=bare.endswith(IF_EXISTS),
    )  # fmt: skip
