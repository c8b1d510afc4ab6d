"""How the command speaks: rich to people, JSON lines to programs, both with foreign text made harmless.

Rich is loaded when people are spoken to: programs, which call often, do not wait for it.
"""

import json
from typing import TYPE_CHECKING, Any

import click

from holdfast.shared.contract import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

LOG_WIDTH = 140
COLOURS = {
    "none": "green",
    "pass": "green",
    "accepted": "green",
    "succeeded": "green",
    "ok": "green",
    "applied": "green",
    "undone": "green",
    "waived": "cyan",
    "restored": "red",
    "not restored": "bold red",
    "notice": "yellow",
    "unknown": "yellow",
    "not_enough_data": "yellow",
    "warning": "yellow",
    "drift": "red",
    "fail": "red",
    "failed": "red",
    "quarantined": "bold red",
}


def console(*, stderr: bool = False) -> "Console":
    """Give the terminal, as wide as it is, or as wide as a log can show where there is none."""
    from rich.console import Console

    terminal = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not terminal.is_terminal:
        terminal.width = max(terminal.width, LOG_WIDTH)
    return terminal


def plain(text: object) -> "Text":
    """Show foreign text as it is: no markup is read in it, no control character reaches the terminal."""
    from rich.text import Text

    return Text(printable(text))


def coloured(word: str) -> "Text":
    """Show a verdict in the colour that it has everywhere."""
    from rich.text import Text

    return Text(word, style=COLOURS.get(word, ""))


def json_line(value: dict[str, Any]) -> None:
    """Print one JSON line on standard output; half a surrogate pair, which no encoding takes, is escaped."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
    click.echo(line.encode(errors="backslashreplace").decode())
