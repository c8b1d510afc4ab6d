"""`holdfast explain`: what would an event cause, and why?"""

from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from holdfast.manifest import Manifest
from holdfast_console.explain.files import Explanation, explanations, sound
from holdfast_console.explain.scope import Everything, Governed, Scope
from holdfast_console.explain.words import Action
from holdfast_console.terminal import console, json_line, plain

COLOURS = {"ignore": "white", "dead_letter": "bold red", "alert": "bold yellow", "record_only": "cyan"}


@click.command(name="explain")
@click.argument("events", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    default=Path("governance.yaml"),
    show_default=True,
    help="Decides which buckets and prefixes are governed.",
)
@click.option("--assume-governed", is_flag=True, help="Treat every bucket and prefix as governed; needs no manifest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a file: file, actions, reason.")
def explain(events: tuple[str, ...], manifest: Path, assume_governed: bool, as_json: bool) -> None:
    """Say what each event would cause, and why, without running anything.

    An event is a file as AWS hands it over: an EventBridge event, an S3 notification, a queue's or topic's batch, a
    CloudTrail record or log file, a Config rule's invocation, a finding, an alarm. A .jsonl file holds one event a
    line; - reads standard input.

    Example: holdfast explain events/*.json --assume-governed
    """
    scope: Scope = Everything() if assume_governed else Governed(Manifest.load(manifest))
    terminal = console()
    for path in events:
        for explanation in explanations(path, scope):
            if as_json:
                json_line(explanation.said())
            else:
                show(explanation, terminal)


def show(explanation: Explanation, terminal: Console) -> None:
    """Tell one explanation to a person."""
    line = "" if explanation.line is None else f", line {explanation.line}"
    terminal.print(plain(f"{explanation.file}{line}"), style="bold", soft_wrap=True)
    for one in explanation.actions:
        terminal.print(Padding(_done(one), (0, 0, 0, 2), expand=False))
        terminal.print(Padding(plain(sound(one.reason)), (0, 0, 0, 4), expand=False), style="dim")


def _done(one: Action) -> Text:
    told = Text(one.do, style=COLOURS.get(one.do, "green"))
    for name, value in one.about.items():
        told.append(f"  {name} ", style="dim")
        told.append_text(plain(sound(str(value))))
    return told


COMMAND = explain
