"""What came of a foreign file: what the manifest can say of it, and all that it cannot, each with its reason."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from holdfast.batches.expected import known
from holdfast.shared.canonical import read
from holdfast.shared.contract import explained, printable
from holdfast.shared.errors import ContractError

MOST_BYTES = 64 * 1024**2
MOST_ITEMS = 10_000
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """Something that has no counterpart: where it stands, what it is, and why it was left."""

    where: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Expectations for the manifest, each valid, and what was left."""

    expectations: tuple[Said, ...] = ()
    left: tuple[Left, ...] = ()

    def snippet(self, model: str | None = None) -> str:
        """Write the expectations as YAML for the manifest, below a model if one is named."""
        margin = "" if model is None else "    "
        lines = [f"{margin}  - {_flow(said)}\n" for said in self.expectations]
        listed = f"{margin}expectations:\n{''.join(lines)}" if lines else f"{margin}expectations: []\n"
        return listed if model is None else f"models:\n  {model}:\n{listed}"


def document(data: bytes, *, kind: str) -> Mapping[str, Any]:
    """Read a JSON object that someone sent; raises `ContractError` at anything else, and at what is too large."""
    if len(data) > MOST_BYTES:
        raise ContractError(f"{kind}: {len(data)} bytes, expected at most {MOST_BYTES}")
    try:
        text = data.decode("utf-8-sig")
        found = read(text)
        json.loads(text, object_pairs_hook=_once)
        json.dumps(found, ensure_ascii=False).encode()
    except (UnicodeError, RecursionError) as error:
        raise ContractError(f"{kind}: not json in utf-8: {str(error)[:160]}") from error
    if not isinstance(found, dict):
        raise ContractError(f"{kind}: expected an object, got {type(found).__name__}")
    return found


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse a key that stands twice in an object: of two readings one would be dropped unsaid."""
    if len(dict(pairs)) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if any(key == other for other, _ in pairs[:at]))
        raise ContractError(f"the key {shown(twice)!r} stands there twice in one object")


def items(found: Mapping[str, Any], key: str, *, kind: str) -> list[Any]:
    """Give the list that a document holds, or raise `ContractError`."""
    listed = found.get(key)
    if not isinstance(listed, list):
        raise ContractError(f"{kind}: expected a list under {key!r}, got {type(listed).__name__}")
    if len(listed) > MOST_ITEMS:
        raise ContractError(f"{kind}: {len(listed)} entries under {key!r}, expected at most {MOST_ITEMS}")
    return listed


def refusal(said: Said) -> str | None:
    """Say why the manifest would not take an expectation, or `None` if it would."""
    try:
        known(said["expect"]).parameters.model_validate(said)
    except ValidationError as error:
        return explained(error)
    return None


def tersely(said: Said) -> Said:
    """Leave out what goes without saying."""
    return {key: value for key, value in said.items() if value is not None and (key, value) != ("mostly", 1.0)}


def shown(name: object) -> str:
    """Write a foreign name so that it can stand in a line."""
    return printable(str(name)[:120])


def _flow(value: Any) -> str:
    """Write a value in YAML's flow style so that it is read back as it is."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else _exponent(repr(value))
    return json.dumps(value)


def _exponent(text: str) -> str:
    """Write a point into a float like 1e-07: YAML would take it for a word."""
    digits, _, exponent = text.partition("e")
    return (
        f"{digits if '.' in digits else digits + '.0'}e{exponent if exponent[0] == '-' else '+' + exponent.lstrip('+')}"
    )


def _is_plain(text: str) -> bool:
    return text[:1].isalpha() and set(text) <= PLAIN and text.lower() not in WORDS


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in quoted)


def gathered(parts: Iterable[Imported]) -> Imported:
    """Put several imports together."""
    kept = list(parts)
    return Imported(
        tuple(said for part in kept for said in part.expectations), tuple(one for part in kept for one in part.left)
    )
