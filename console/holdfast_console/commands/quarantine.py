"""`holdfast quarantine`: see which batches were refused, and let one be used all the same."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from holdfast.batches.verdict import shown
from holdfast.ledger.contract import Entry
from holdfast_console.quarantine.ward import Patient, Ward, copy_of
from holdfast_console.terminal import coloured, console, json_line, plain

SHORT, MOST_COLUMNS = 12, 8
WAYS = (
    click.option(
        "--manifest", "path", type=click.Path(path_type=Path), default=Path("governance.yaml"), show_default=True
    ),
    click.option("--region", envvar="AWS_REGION", help="Where Holdfast is deployed; the first bucket's otherwise."),
    click.option("--ledger-table", "table", envvar="HOLDFAST_LEDGER_TABLE", required=True, help="The ledger's table."),
    click.option("--json", "as_json", is_flag=True, help="One JSON line per batch."),
)


def in_the_ward(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options by which the ward is opened, and the ward."""

    @wraps(command)
    def opened(path: Path, region: str | None, table: str, **more: Any) -> int:
        return command(Ward.open(path, region=region, table=table), **more)

    for option in reversed(WAYS):
        opened = option(opened)
    return opened


@click.group(name="quarantine")
def quarantine() -> None:
    """See which batches were refused, and why; release one, in your own name, so that it may be learned from.

    Example: holdfast quarantine list --ledger-table holdfast-ledger
    """


@quarantine.command(name="list")
@click.argument("models", nargs=-1)
@in_the_ward
def list_patients(ward: Ward, models: tuple[str, ...], as_json: bool) -> int:
    """List the batches of MODELS (all of the manifest, if none is named) that are in quarantine.

    Example: holdfast quarantine list bike-demand --ledger-table holdfast-ledger
    """
    found = list(ward.patients(models))
    if as_json:
        for one in found:
            json_line(one.as_json())
        return 0
    if not found:
        console().print(plain("nothing is in quarantine"))
        return 0
    table = Table("verdict", "model", "batch", "came", "why", box=None, pad_edge=False)
    for one in found:
        came = f"{one.judged.object_time:%Y-%m-%d %H:%M}"
        reason, key = plain(one.verdict.reason), plain(shown(one.judged.key))
        table.add_row(one.verdict.decision_id[:SHORT], plain(one.judged.model), key, came, reason)
    console().print(table)
    return 0


@quarantine.command(name="show")
@click.argument("verdict")
@in_the_ward
def show_patient(ward: Ward, verdict: str, as_json: bool) -> int:
    """Show one batch by its VERDICT (the id, or its beginning): why it was refused, and what was done about it.

    Example: holdfast quarantine show 3f2a9c01b7de --ledger-table holdfast-ledger
    """
    patient = ward.find(verdict)
    history = ward.history(patient)
    if as_json:
        done = [{"kind": one.kind, "outcome": one.outcome, "reason": one.reason} for one in history]
        json_line({**patient.as_json(), "copy": copy_of(history), "history": done})
    else:
        _details(patient, history)
    return 0


@quarantine.command(name="release")
@click.argument("verdict")
@click.option("--reason", "why", required=True, help="Why it may be used all the same; recorded with your ARN.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_the_ward
def release(ward: Ward, verdict: str, why: str, yes: bool, as_json: bool) -> int:
    """Let the batch of a VERDICT (the id, or its beginning) into training windows and baselines again.

    Recorded with your ARN and reason. Its mark is taken off and the copy kept; it is never evidence of drift.

    Example: holdfast quarantine release 3f2a9c01b7de --reason "units agreed" --ledger-table holdfast-ledger
    """
    patient = ward.find(verdict)
    if not yes:
        _details(patient, ward.history(patient))
        if not click.confirm("Release this batch?", err=True):
            return 2
    entry = ward.release(patient, why=why)
    reason = "released already" if entry is None else entry.reason
    if as_json:
        json_line({**patient.as_json(), "status": "released", "reason": reason})
    else:
        console().print(coloured("released").append_text(plain(f"  {shown(patient.judged.key)}  {reason}")))
    return 0


def _details(patient: Patient, history: list[Entry]) -> None:
    terminal, judged = console(), patient.judged
    terminal.print(plain(f"{patient.verdict.decision_id[:SHORT]}  {judged.model}  {patient.status}"), style="bold")
    terminal.print(plain(f"  s3://{judged.bucket}/{judged.key} version {judged.version_id}"))
    for part in judged.parts[:MOST_COLUMNS]:
        terminal.print(plain(f"    {shown(part.key, most=100)} version {part.version_id}"))
    if len(judged.parts) > MOST_COLUMNS:
        terminal.print(plain(f"    and {len(judged.parts) - MOST_COLUMNS} more parts"))
    for column in [one for one in judged.columns if one.level == judged.level][:MOST_COLUMNS]:
        terminal.print(plain(f"  {shown(column.name)}: {column.detail}"))
    for entry in history:
        when = f"{entry.recorded_at:%Y-%m-%d %H:%M}"
        terminal.print(plain(f"  {when}  {entry.kind}, {entry.outcome}: {entry.reason}"))
    if (copy := copy_of(history)) is not None:
        terminal.print(plain(f"  its copy: {copy}"))


COMMAND = quarantine
