"""One byte string for one value: what hashes are taken over."""

import json
from typing import Any

from holdfast.shared.errors import ContractError


def canonical(value: Any) -> bytes:
    """Write JSON with sorted keys, no spaces and no NaN; anything JSON cannot hold raises `ContractError`."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ContractError(f"cannot be kept as canonical json: {str(error)[:160]}") from error


def read(text: str | bytes) -> Any:
    """Read JSON and refuse NaN and infinities, which are not JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ContractError(f"not json: {str(error)[:160]}") from error


def _refuse(constant: str) -> None:
    raise ContractError(f"{constant} is not json")
