"""`holdfast remediate`: see, allow, carry out and take back what would make a bucket comply."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from holdfast.ledger.contract import Entry
from holdfast_console.remediation.desk import Desk, Shown
from holdfast_console.remediation.sheet import details, show
from holdfast_console.terminal import coloured, console, json_line, plain

FINE = frozenset({"approved", "applied", "undone"})
WAYS = (
    click.option(
        "--manifest", "path", type=click.Path(path_type=Path), default=Path("governance.yaml"), show_default=True
    ),
    click.option("--region", envvar="AWS_REGION", help="Where Holdfast is deployed; the first bucket's otherwise."),
    click.option("--ledger-table", "table", envvar="HOLDFAST_LEDGER_TABLE", required=True, help="The ledger's table."),
    click.option("--json", "as_json", is_flag=True, help="One JSON line per plan, or for the outcome."),
)


def at_the_desk(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options by which a desk is opened, and the desk."""

    @wraps(command)
    def opened(path: Path, region: str | None, table: str, **more: Any) -> int:
        return command(Desk.open(path, region=region, table=table), **more)

    for option in reversed(WAYS):
        opened = option(opened)
    return opened


@click.group(name="remediate")
def remediate() -> None:
    """Put right what a control found wrong on a bucket: planned by Holdfast, allowed by a person or the manifest.

    Example: holdfast remediate show --ledger-table holdfast-ledger
    """


@remediate.command(name="show")
@click.argument("buckets", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Also what is done, refused, or could not be planned.")
@at_the_desk
def show_plans(desk: Desk, buckets: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """List the plans of BUCKETS (all of the manifest, if none is named) with their exact calls and differences.

    Example: holdfast remediate show ml-data --ledger-table holdfast-ledger
    """
    found = list(desk.shown(buckets, everything=everything))
    if not as_json:
        show(found)
    for one in found if as_json else ():
        json_line(one.as_json())
    return 0


@remediate.command(name="approve")
@click.argument("plan")
@click.option("--yes", is_flag=True, help="Do not ask.")
@at_the_desk
def approve(desk: Desk, plan: str, yes: bool, as_json: bool) -> int:
    """Allow PLAN (the id, or its beginning): recorded with your ARN, and carried out by the remediator.

    Example: holdfast remediate approve 3f2a9c01b7de --ledger-table holdfast-ledger
    """
    shown = desk.find(plan)
    if not yes and not _confirmed(shown, "Approve these calls?"):
        return 2
    return _told(shown, desk.approve(shown), "approved already", as_json=as_json)


@remediate.command(name="apply")
@click.argument("plan")
@click.option("--yes", is_flag=True, help="Do not ask.")
@at_the_desk
def apply(desk: Desk, plan: str, yes: bool, as_json: bool) -> int:
    """Carry an approved PLAN out from here, with your credentials, as the remediator would.

    Refuses if the bucket changed since the plan. Exit code 1 if it failed or was refused.

    Example: holdfast remediate apply 3f2a9c01b7de --ledger-table holdfast-ledger
    """
    shown = desk.find(plan)
    if not yes and not _confirmed(shown, "Make these calls?"):
        return 2
    return _told(shown, desk.apply(shown), "its outcome is on record already", as_json=as_json)


@remediate.command(name="undo")
@click.argument("plan")
@click.option("--force", "forced", is_flag=True, help="Even if the bucket changed since, or another is at work on it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@at_the_desk
def undo(desk: Desk, plan: str, forced: bool, yes: bool, as_json: bool) -> int:
    """Bring back the state before PLAN, with your credentials, by the calls that were recorded with it.

    Refuses if the bucket is not as the plan left it. Exit code 1 if not everything could be brought back.

    Example: holdfast remediate undo 3f2a9c01b7de --ledger-table holdfast-ledger
    """
    shown = desk.find(plan)
    if not yes and not _confirmed(shown, "Make the calls of the undo?"):
        return 2
    return _told(shown, desk.undo(shown, forced=forced), "its outcome is on record already", as_json=as_json)


def _confirmed(shown: Shown, question: str) -> bool:
    details(shown)
    return click.confirm(question, err=True)


def _told(shown: Shown, entry: Entry | None, otherwise: str, *, as_json: bool) -> int:
    outcome = shown.held.status if entry is None else entry.outcome
    reason = otherwise if entry is None else entry.reason
    if as_json:
        known = {"plan": shown.held.plan, "resource": shown.resource, "control": shown.control}
        json_line({**known, "outcome": outcome, "reason": reason})
    else:
        console().print(coloured(outcome.replace("_", " ")).append_text(plain(f"  {shown.resource}  {reason}")))
    return 0 if entry is None or outcome in FINE else 1


COMMAND = remediate
