"""`holdfast ledger verify`: prove a ledger export unbroken, offline."""

from pathlib import Path

import click

from holdfast.shared.errors import IntegrityError
from holdfast_console.ledger_export import load, prove
from holdfast_console.terminal import console, json_line, plain


@click.group(name="ledger")
def ledger() -> None:
    """Work with the ledger."""


@ledger.command(name="verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def verify(path: Path, as_json: bool) -> int:
    """Prove an export unbroken: every hash, every link, every decision once.

    PATH is JSON lines of entries, or DynamoDB's own export of the table (its folder), which also proves that no
    stream's end was cut off. Exit code 1 names the first entry that does not hold.

    Example: holdfast ledger verify out/ledger.jsonl
    """
    try:
        export = load(path)
        ends = prove(export)
    except IntegrityError as error:
        if as_json:
            json_line({"path": str(path), "unbroken": False, "reason": str(error)})
        else:
            console(stderr=True).print("[bold red]broken[/] ", plain(error))
        return 1
    if as_json:
        found = {"entries": export.count, "streams": len(ends), "heads_compared": bool(export.heads)}
        json_line({"path": str(path), "unbroken": True, **found})
        return 0
    compared = "and every head agrees" if export.heads else "(no heads in this export: an end cut off would not show)"
    console().print(f"[green]unbroken[/]  {export.count} entries in {len(ends)} streams {compared}")
    return 0


COMMAND = ledger
