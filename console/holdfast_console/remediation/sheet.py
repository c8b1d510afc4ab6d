"""A plan on paper: how it stands, the exact calls, and the difference that they make."""

import json
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Any

from rich.table import Table

from holdfast.compliance.remediation.entries import Change, PlannedCall, RemediationPlanned
from holdfast_console.remediation.desk import Shown
from holdfast_console.terminal import coloured, console, plain

STYLES = {"+": "green", "-": "red"}
SHORT = 12


def show(found: Sequence[Shown]) -> None:
    """Print a table of plans, then each with its calls."""
    terminal = console()
    if not found:
        terminal.print(plain("nothing is planned"))
        return
    table = Table("bucket", "control", "status", "plan", "until", "what it does", box=None, pad_edge=False)
    for one in found:
        until = one.held.expires_at.strftime("%Y-%m-%d %H:%M") if one.held.expires_at else ""
        does = one.plan.does if one.plan is not None else one.entry.reason
        status = coloured(one.held.status.replace("_", " "))
        table.add_row(plain(one.resource), plain(one.control), status, one.held.plan[:SHORT], until, plain(does))
    terminal.print(table)
    for one in found:
        details(one)


def details(one: Shown) -> None:
    """Print the exact calls of a plan, what they change and how they are undone."""
    if (plan := one.plan) is None:
        return
    terminal = console()
    terminal.print()
    terminal.print(plain(f"{one.held.plan[:SHORT]}  {one.resource}  {one.control}: {plan.broken}"), style="bold")
    if plan.held_back:
        terminal.print(plain(f"  waits for approval: {plan.held_back}"), style="yellow")
    for line in lines(plan):
        terminal.print(plain(f"  {line}"), style=STYLES.get(line[:1], ""))


def lines(plan: RemediationPlanned) -> Iterator[str]:
    """Write a plan down line by line, a difference as `diff -u` does."""
    yield from (f"call  {written(call, plan.resource)}  ({call.permission})" for call in plan.calls)
    for change in plan.changes:
        yield from difference(change)
    yield from (f"undo  {written(call, plan.resource)}" for call in plan.undo)


def written(call: PlannedCall, bucket: str) -> str:
    """Write a call as boto3 takes it."""
    arguments = [f"Bucket={json.dumps(bucket)}", *(f"{key}={_json(value)}" for key, value in call.arguments.items())]
    return f"s3.{call.operation}({', '.join(arguments)})"


def difference(change: Change) -> Iterator[str]:
    """Give what is added to a setting and taken away from it."""
    before, after = _pages(change.before), _pages(change.after)
    for line in unified_diff(before, after, change.setting, change.setting, lineterm="", n=2):
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _pages(value: Any) -> list[str]:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).splitlines() if value else []


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
