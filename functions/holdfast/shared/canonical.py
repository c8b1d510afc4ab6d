"""One byte string for one value: what hashes are taken over."""

import json
import math
from typing import Any

from pydantic_core import from_json

from holdfast.shared.errors import ContractError

ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """Write JSON with sorted keys, no spaces and no NaN; anything JSON cannot hold raises `ContractError`."""
    try:
        return ENCODER.encode(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ContractError(f"cannot be kept as canonical json: {str(error)[:160]}") from error


def read(text: str | bytes) -> Any:
    """Read JSON and refuse NaN and infinities, also those that are written as 1e400."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ContractError(f"not json: {str(error)[:160]}") from error


def recall(text: bytes) -> Any:
    """Read what `canonical` wrote, fast: it may take more than JSON, so write the value again and compare."""
    try:
        return from_json(text, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise ContractError(f"not json: {str(error)[:160]}") from error


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ContractError(f"{number[:40]} is beyond any number that can be kept")
    return value


def _refuse(constant: str) -> None:
    raise ContractError(f"{constant} is not json")
