"""Texts of which a part is not known, as long as they can still be compared and joined."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.compliance.partial import Unresolved

OPEN, CLOSE = "⟦", "⟧"
MOST_TEXT = 64 * 1024


class Symbol(str):
    """A text with a part that is not known, and why; equal symbols stand for equal texts."""

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> "Symbol":
        """Keep the reason beside the text."""
        made = super().__new__(cls, text)
        made.reason = reason
        return made


def unknown(expression: Any, reason: str) -> Symbol:
    """Stand for what an expression would give: the same expression always by the same text."""
    written = json.dumps(expression, sort_keys=True, default=str)
    if len(written) > MOST_TEXT:
        written = hashlib.sha256(written.encode()).hexdigest()
    return Symbol(f"{OPEN}{written}{CLOSE}", reason)


def joined(parts: Iterable[str], expression: Any) -> str:
    """Join texts; one part that is not known makes the whole a symbol, and so does a text beyond all bounds."""
    parts = list(parts)
    if sum(len(part) for part in parts) > MOST_TEXT:
        return unknown(expression, f"a text of more than {MOST_TEXT} characters is not read")
    reason = next((part.reason for part in parts if isinstance(part, Symbol)), None)
    text = "".join(parts)
    return text if reason is None else Symbol(text, reason)


def settled(value: Any, names: Mapping[str, str]) -> Any:
    """Put each resource's own name in place of the symbol it was given, and `Unresolved` for what is left."""
    if isinstance(value, Symbol):
        return _named(value, names)
    if isinstance(value, dict):
        return {key: settled(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [settled(part, names) for part in value]
    return value


def _named(symbol: Symbol, names: Mapping[str, str]) -> str | Unresolved:
    text = str(symbol)
    for written in sorted(names, key=len, reverse=True):
        text = text.replace(written, names[written])
    return Unresolved(symbol.reason) if OPEN in text else text
