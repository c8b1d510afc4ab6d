"""Tolerant in, strict out: the two kinds of thing that cross a boundary. A model is built when it is first used."""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from holdfast.shared.errors import ContractError


def printable(text: object) -> str:
    """Show foreign text on one line, with nothing in it that a terminal would obey."""
    text = str(text)
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def explained(error: ValidationError, *, most: int = 3) -> str:
    """Say where a value broke its promise, what was wanted and what came, without the value's whole text."""
    said = [
        f"{printable('.'.join(str(part) for part in problem['loc'])) or 'the event'}: {problem['msg'][:160].lower()}"
        for problem in error.errors(include_url=False, include_input=False, include_context=False)[:most]
    ]
    return "; ".join(said)


class Received(BaseModel):
    """Something AWS or a user sent us: unknown fields are ignored, known ones must hold."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)

    @classmethod
    def receive(cls, event: object) -> Self:
        """Parse an event, or raise `ContractError` with what was expected."""
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            raise ContractError(f"not a {cls.__name__}: {explained(error)}") from error


class Emitted(BaseModel):
    """Something we promise to others: closed, frozen, and versioned."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants", defer_build=True)

    schema_version: int = 1
