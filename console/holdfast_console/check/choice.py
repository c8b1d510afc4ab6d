"""What a check is narrowed down to, and what its controls are told."""

from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from holdfast.compliance import catalogue
from holdfast.compliance.kind import Kind
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Rules, given_for
from holdfast.shared.canonical import read
from holdfast.shared.errors import ConfigurationError, ContractError


def kinds_called(globs: Collection[str]) -> tuple[Kind, ...]:
    """Find kinds by globs of their ids or by CloudFormation's type, all if none is named."""
    every = catalogue.every_kind()
    if lost := [glob for glob in globs if not any(_is_called(kind, glob) for kind in every.values())]:
        raise click.UsageError(
            f"no kind of resource is {', '.join(map(repr, lost))}, expected one of {', '.join(every)}"
        )
    return tuple(kind for kind in every.values() if not globs or any(_is_called(kind, glob) for glob in globs))


def _is_called(kind: Kind, glob: str) -> bool:
    return fnmatchcase(kind.id, glob) or kind.resource_type.lower() == glob.lower()


def parameters_in(path: Path) -> dict[str, dict[str, Any]]:
    """Read a file of parameters, JSON or YAML, and check every control's before anything is judged by them."""
    told = _data(path)
    if not isinstance(told, dict):
        raise ConfigurationError(f"{path}: expected control ids or references, each with its parameters")
    try:
        given = {name: dict(values) for name, values in given_for(told).items()}
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    return given


def _data(path: Path) -> Any:
    text = path.read_bytes()
    if path.suffix.lower() == ".json" or text.lstrip().startswith(b"{"):
        try:
            return read(text.decode("utf-8-sig"))
        except (ContractError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path}: {error}") from error
    from holdfast.shared.positioned_yaml import load_positioned

    return load_positioned(text, path)[0]


def tried(rules: Rules) -> Rules:
    """Give rules back, after asking for every control's parameters: what is wrong with them shows before a look."""
    for control in catalogue.every_control().values():
        rules.parameters(control, Resource(control.kind, "*", "000000000000"))
    return rules
