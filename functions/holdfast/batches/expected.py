"""The expectations of the manifest: any that has a file in `expectations/`, and only those named are imported.

Every function reads the manifest at its start, so this room makes no model of its own.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from holdfast.batches import expectations
from holdfast.shared.contract import printable

if TYPE_CHECKING:
    from holdfast.batches.expectation import Expectation, Parameters

NAMES: Final = tuple(sorted(module.name for module in iter_modules(expectations.__path__)))


def known(name: str) -> "Expectation":
    """Import one plug-in."""
    found: Expectation = import_module(f"{expectations.__name__}.{name}").EXPECTATION
    return found


def _parsed(said: Any) -> "Parameters":
    """Find the plug-in that is named, and let its own parameters say what is wrong."""
    from holdfast.batches.expectation import Parameters

    if isinstance(said, Parameters):
        return said
    if not isinstance(said, Mapping):
        raise PydanticCustomError("expectation", "expected the keys expect, column and what the expectation takes")
    name = said.get("expect")
    if name not in NAMES:
        error = PydanticCustomError("expectation", "no such expectation, expected one of {names}", _names())
        raise _placed([InitErrorDetails(type=error, loc=("expect",), input=name)])
    parameters = known(str(name)).parameters
    if unknown := list(_unknown(said, parameters)):
        raise _placed(unknown)
    return parameters.model_validate(said)


def _names() -> dict[str, Any]:
    return {"names": ", ".join(NAMES)}


def _unknown(said: Mapping[Any, Any], parameters: "type[Parameters]") -> Iterator[InitErrorDetails]:
    keys = ", ".join(parameters.model_fields)
    for key in said:
        if key not in parameters.model_fields:
            error = PydanticCustomError("expectation", "unknown key, expected one of {keys}", {"keys": keys})
            yield InitErrorDetails(type=error, loc=(printable(key),), input={})


def _placed(errors: list[InitErrorDetails]) -> ValidationError:
    return ValidationError.from_exception_data("Expectation", errors)


class _Discovered:
    """Resolve the union of all plug-ins by discovery: only those that are named get imported."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        serialization = core_schema.plain_serializer_function_ser_schema(_dumped, info_arg=True)
        return core_schema.no_info_plain_validator_function(_parsed, serialization=serialization)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: core_schema.CoreSchema, handler: Any) -> dict[str, Any]:
        forms = {name: handler(known(name).parameters.__pydantic_core_schema__) for name in NAMES}
        for name, form in forms.items():
            form["properties"]["expect"] = {"const": name}
        return {"oneOf": list(forms.values())}


def _dumped(parameters: "Parameters", info: core_schema.SerializationInfo) -> Any:
    mode = "json" if info.mode == "json" else "python"
    return parameters.model_dump(mode=mode, exclude_none=True, exclude_defaults=False, by_alias=True)


if TYPE_CHECKING:
    Expected = Parameters
else:
    Expected = Annotated[Any, _Discovered]
