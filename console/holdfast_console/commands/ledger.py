"""`holdfast ledger verify`: prove a ledger export unbroken, offline."""

from collections.abc import Iterable
from pathlib import Path

import click
from rich.progress import track

from holdfast.shared.errors import IntegrityError
from holdfast_console.ledger_export import prove
from holdfast_console.ledger_lines import Line
from holdfast_console.terminal import console, json_line, plain


@click.group(name="ledger")
def ledger() -> None:
    """Work with the ledger.

    Example: holdfast ledger verify out/ledger.jsonl
    """


@ledger.command(name="verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def verify(path: Path, as_json: bool) -> int:
    """Prove an export unbroken: every hash, every link, every decision once.

    PATH is JSON lines of entries in the order of their streams, or DynamoDB's own export of the table (its folder),
    which also proves that no stream's end was cut off. Exit code 1 names the first entry that does not hold.

    Example: holdfast ledger verify out/ledger.jsonl
    """

    def watched(lines: Iterable[Line]) -> Iterable[Line]:
        screen = console(stderr=True)
        return track(lines, "proving", console=screen, transient=True, disable=as_json or not screen.is_terminal)

    try:
        proof = prove(path, watched)
    except IntegrityError as error:
        if as_json:
            json_line({"path": str(path), "unbroken": False, "reason": str(error)})
        else:
            console(stderr=True).print("[bold red]broken[/] ", plain(error))
        return 1
    found = {"entries": proof.entries, "streams": len(proof.ends), "heads_compared": proof.heads_compared}
    if as_json:
        json_line({"path": str(path), "unbroken": True, **found})
        return 0
    compared = (
        "and every head agrees" if proof.heads_compared else "(no heads in this export: an end cut off would not show)"
    )
    console().print(f"[green]unbroken[/]  {proof.entries} entries in {len(proof.ends)} streams {compared}")
    return 0


COMMAND = ledger
