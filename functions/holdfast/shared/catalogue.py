"""Plug-ins: every module of a package holds one record, whose id is the file name."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Protocol, TypeVar

from holdfast.shared.errors import ConfigurationError


class Identified(Protocol):
    """A record that a catalogue can hold."""

    @property
    def id(self) -> str:
        """Give the name of the file it stands in."""
        ...


Record = TypeVar("Record", bound=Identified)


def discover(package: ModuleType, kind: type[Record]) -> dict[str, Record]:
    """Collect the one record of `kind` in each module of a package, in the order of their ids."""
    found: dict[str, Record] = {}
    for module_info in sorted(iter_modules(package.__path__), key=lambda info: info.name):
        module = import_module(f"{package.__name__}.{module_info.name}")
        records = [value for name, value in vars(module).items() if name.isupper() and isinstance(value, kind)]
        if len(records) != 1 or records[0].id != module_info.name:
            wanted = f"one {kind.__name__} with id {module_info.name!r}"
            raise ConfigurationError(f"{module.__name__} holds {[record.id for record in records]}, expected {wanted}")
        found[module_info.name] = records[0]
    return found
