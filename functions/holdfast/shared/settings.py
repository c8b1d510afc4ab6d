"""Settings of a function: read from its environment, written there by infra, typed in between."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from holdfast.shared.contract import explained
from holdfast.shared.errors import ConfigurationError

PREFIX = "HOLDFAST_"


class Settings(BaseModel):
    """What a function needs to know; each field is the variable HOLDFAST_<FIELD>."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables, or raise `ConfigurationError` naming the one that is missing or wrong."""
        keys = {name: _variable(name) for name in cls.model_fields}
        found = {name: environment[key] for name, key in keys.items() if key in environment}
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            names = ", ".join(_variable(str(problem["loc"][0])) for problem in error.errors() if problem["loc"])
            raise ConfigurationError(f"environment of {cls.__name__} ({names}): {explained(error)}") from error

    @classmethod
    def environment(cls, **values: Any) -> dict[str, str]:
        """Give the variables for these values, which may be tokens that resolve at deploy."""
        unknown = values.keys() - cls.model_fields.keys()
        missing = {name for name, field in cls.model_fields.items() if field.is_required()} - values.keys()
        if unknown or missing:
            wrong = f"unknown {sorted(unknown)}, missing {sorted(missing)}"
            raise ConfigurationError(f"{cls.__name__} takes {sorted(cls.model_fields)}: {wrong}")
        return {_variable(name): str(value) for name, value in values.items()}


def _variable(field: str) -> str:
    return f"{PREFIX}{field.upper()}"
