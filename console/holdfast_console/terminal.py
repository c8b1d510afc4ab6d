"""How the command speaks: rich to people, JSON lines to programs, both with foreign text made harmless."""

import json
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from holdfast.shared.contract import printable

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


def console(*, stderr: bool = False) -> Console:
    """Give the terminal, as wide as it is, or as wide as a log can show where there is none."""
    terminal = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not terminal.is_terminal:
        terminal.width = max(terminal.width, LOG_WIDTH)
    return terminal


def plain(text: object) -> Text:
    """Show foreign text as it is: no markup is read in it, no control character reaches the terminal."""
    return Text(printable(text))


def coloured(word: str) -> Text:
    """Show a verdict in the colour that it has everywhere."""
    return Text(word, style=COLOURS.get(word, ""))


def json_line(value: dict[str, Any]) -> None:
    """Print one JSON line on standard output; half a surrogate pair, which no encoding takes, is escaped."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
    click.echo(line.encode(errors="backslashreplace").decode())
