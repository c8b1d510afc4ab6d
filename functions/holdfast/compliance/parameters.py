"""What a control may be told: typed parameters with AWS's names and defaults."""

import json
from typing import Annotated, Any, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from holdfast.shared.contract import explained
from holdfast.shared.errors import ConfigurationError


def _listed(value: Any) -> Any:
    """Take a list as AWS Config writes it: values with commas between them."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


def _squashed(name: str) -> str:
    return name.replace("_", "").lower()


class Parameters(BaseModel):
    """The parameters of one control, by AWS's names in whatever case they are written; the base has none."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, defer_build=True
    )

    @classmethod
    def read(cls, given: dict[str, Any], *, of: str) -> Self:
        """Read what was given, or raise `ConfigurationError` naming the control and what was expected."""
        meant = cls._names()
        try:
            return cls.model_validate({meant.get(_squashed(name), name): value for name, value in given.items()})
        except ValidationError as error:
            known = ", ".join(field.alias or name for name, field in cls.model_fields.items()) or "none"
            said = f"parameters of {of}: {explained(error)} (expected {known}, got {json.dumps(given, default=str)})"
            raise ConfigurationError(said[:500]) from error

    @classmethod
    def _names(cls) -> dict[str, str]:
        """Give every name that a field goes by, by its letters alone: AWS's own pages do not agree on the case."""
        names: dict[str, str] = {}
        for name, field in cls.model_fields.items():
            alias = field.validation_alias
            choices = alias.choices if isinstance(alias, AliasChoices) else (alias, field.alias, name)
            names |= {_squashed(choice): choice for choice in choices if isinstance(choice, str)}
        return names
