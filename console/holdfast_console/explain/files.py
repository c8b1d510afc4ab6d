"""Read events from files: whatever is in them, each gives an explanation."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.shapes import explain
from holdfast_console.explain.words import Action, dead_letter

MOST_BYTES = 64 * 1024 * 1024
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one event of a file causes."""

    file: str
    line: int | None
    actions: tuple[Action, ...]

    @property
    def reason(self) -> str:
        """Give every reason once."""
        return "; ".join(dict.fromkeys(one.reason for one in self.actions))

    def said(self) -> dict[str, Any]:
        """Give the explanation as one JSON line."""
        where: dict[str, Any] = {"file": self.file} | ({} if self.line is None else {"line": self.line})
        return {**where, "actions": [_sound(one.said()) for one in self.actions], "reason": sound(self.reason)}


def explanations(path: str, scope: Scope) -> Iterator[Explanation]:
    """Explain a file's event, or each line's of a .jsonl file; `-` is standard input."""
    content = _content(path)
    if not path.endswith(".jsonl"):
        yield Explanation(path, None, tuple(_explained(content, scope)))
        return
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield Explanation(path, number, tuple(_explained(line, scope)))


def _content(path: str) -> bytes:
    if path == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _explained(content: bytes, scope: Scope) -> list[Action]:
    if len(content) > MOST_BYTES:
        return dead_letter(f"larger than {MOST_BYTES} bytes, which no event is")
    try:
        return explain(read(content.decode("utf-8-sig")), scope)
    except UnicodeDecodeError as error:
        return dead_letter(f"not json: not utf-8 at byte {error.start}")
    except ContractError as error:
        return dead_letter(str(error))


def sound(text: str) -> str:
    """Make a text printable that holds half a surrogate pair, which JSON can spell."""
    return text.encode("utf-8", "backslashreplace").decode()


def _sound(said: dict[str, Any]) -> dict[str, Any]:
    return {key: sound(value) if isinstance(value, str) else value for key, value in said.items()}
