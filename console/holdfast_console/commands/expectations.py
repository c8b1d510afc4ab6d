"""`holdfast expectations`: what a batch can be expected to be, and what other tools expected of it."""

import re
from collections.abc import Mapping
from typing import Any

import click

from holdfast.batches import expectations as plugins
from holdfast.batches.exchange import constraints, great_expectations
from holdfast.batches.exchange.imported import Imported, Left, document
from holdfast.batches.exchange.statistics import is_statistics
from holdfast.batches.expectation import Expectation
from holdfast.manifest import MODEL_NAME
from holdfast.shared.catalogue import discover
from holdfast.shared.errors import ContractError
from holdfast_console.objects import bytes_at, checked
from holdfast_console.terminal import console, json_line, plain

KIND = "a file of expectations"


@click.group(name="expectations")
def expectations() -> None:
    """Say what a batch must be, or take it over from other tools.

    Example: holdfast expectations import suite.json --model bike-demand
    """


def named(context: click.Context, parameter: click.Parameter, model: str | None) -> str | None:
    """Refuse a name that the manifest would refuse; a callback of click."""
    if model is not None and (re.fullmatch(MODEL_NAME[1:-1], model) is None or len(model) > 63):
        raise click.BadParameter(f"expected a name such as bike-demand, got {model!r}", context, parameter)
    return model


@expectations.command(name="import")
@click.argument("files", nargs=-1, required=True, callback=checked)
@click.option("--model", callback=named, help="Write the snippet below this model.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per file.")
def import_(files: tuple[str, ...], model: str | None, as_json: bool) -> None:
    """Turn suites of Great Expectations (0.x, 1.x) or Model Monitor's constraints.json into what the manifest says.

    The snippet goes to standard output. What has no counterpart, or differs, is listed on standard error with the
    reason: nothing is dropped silently.

    Example: holdfast expectations import suite.json --model bike-demand
    """
    for place in files:
        kind, found = read(bytes_at(place), place)
        if as_json:
            left = [{"where": one.where, "what": one.what, "reason": one.reason} for one in found.left]
            json_line({"file": place, "kind": kind, "expectations": list(found.expectations), "left": left})
            continue
        click.echo(found.snippet(model), nl=False)
        told(place, f"{len(found.expectations)} expectations of {kind}", found.left)


def read(data: bytes, place: str) -> tuple[str, Imported]:
    """Find out what a file is and read it; raises `ContractError` if it is nothing that is known."""
    try:
        found = document(data, kind=KIND)
        if great_expectations.is_suite(found):
            return great_expectations.KIND, great_expectations.suite(data)
        if constraints.is_constraints(found):
            return constraints.KIND, constraints.constraints(data)
    except ContractError as error:
        raise ContractError(f"{place}: {error}") from error
    what = "statistics make a baseline: holdfast statistics import" if is_statistics(found) else _keys(found)
    raise ContractError(f"{place}: expected a suite of Great Expectations or constraints.json; {what}")


def _keys(found: Mapping[str, Any]) -> str:
    return f"got the keys {', '.join(sorted(found)[:6])}"


def told(place: str, taken: str, left: tuple[Left, ...]) -> None:
    """List what was left on standard error."""
    from rich.table import Table

    screen = console(stderr=True)
    screen.print(plain(f"{place}: {taken}, {len(left)} remarks"))
    table = Table("where", "what", "why it was left, or how it differs", box=None, header_style="bold", pad_edge=False)
    for one in left:
        table.add_row(plain(one.where), plain(one.what), plain(one.reason))
    if left:
        screen.print(table)


@expectations.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per expectation, with the schema of its keys.")
def list_(as_json: bool) -> None:
    """List what can be expected of a batch, with the keys that each takes.

    Example: holdfast expectations list --json
    """
    from rich.table import Table

    table = Table("expect", "keys", "holds when", box=None, header_style="bold", pad_edge=False)
    for expectation in discover(plugins, Expectation).values():
        schema = expectation.parameters.model_json_schema()
        means = " ".join(schema["description"].partition("\n\n")[0].split())
        keys = [name for name in expectation.parameters.model_fields if name not in ("expect", "on_failure")]
        if as_json:
            json_line({"expect": expectation.id, "means": means, "keys": keys, "schema": schema})
        else:
            table.add_row(plain(expectation.id), plain(", ".join(keys)), plain(means))
    if not as_json:
        console().print(table)


COMMAND = expectations
