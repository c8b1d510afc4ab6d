"""`holdfast statistics`: SageMaker Model Monitor's files, from a baseline or a batch, and back."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import click

from holdfast.batches.exchange.constraints import suggested
from holdfast.batches.exchange.statistics import baseline_of, of_baseline, of_counts
from holdfast.shared.errors import ConfigurationError, ContractError
from holdfast_console.batches import load
from holdfast_console.commands.expectations import told
from holdfast_console.objects import bytes_at, checked, gathered
from holdfast_console.terminal import console, json_line, plain

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(name="statistics")
def statistics() -> None:
    """Exchange statistics with SageMaker Model Monitor.

    Example: holdfast statistics export reference.parquet -o statistics.json
    """


def one(context: click.Context, parameter: click.Parameter, place: str | None) -> str | None:
    """Refuse a place that holds nothing; a callback of click."""
    return None if place is None else checked(context, parameter, (place,))[0]


@statistics.command(name="export")
@click.argument("place", callback=one)
@click.option("--against", callback=one, help="Take PLACE as a batch, counted against this reference or baseline.")
@click.option("-o", "--output", type=FILE, help="Write statistics.json here, else to standard output.")
@click.option("--constraints", type=FILE, help="Write suggested constraints here too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line on what was written, with the error per column.")
def export(place: str, against: str | None, output: Path | None, constraints: Path | None, as_json: bool) -> None:
    """Write a reference, a stored baseline, or a batch as Model Monitor's statistics.json.

    Distributions are written as KLL sketches of at most 512 values, whose error is told; few distinct values exactly.
    Categories are written out with their counts: they may be personal. Times and nested columns have no place there.

    Example: holdfast statistics export reference.parquet -o statistics.json --constraints constraints.json
    """
    if as_json and output is None:
        raise click.UsageError("--json tells of a file: name it with --output")
    if against is None:
        written = of_baseline(load(place))
    else:
        from holdfast.batches.reading.reader import read_counts

        baseline = load(against)
        written = of_counts(read_counts(gathered(place, unclosed=True), baseline), baseline)
    save(output, written.text())
    if constraints is not None:
        save(constraints, json.dumps(suggested(written.document), ensure_ascii=False, indent=1) + "\n")
    left = [{"where": left.where, "what": left.what, "reason": left.reason} for left in written.left]
    if as_json:
        json_line({"file": str(output), "features": len(written.errors), "errors": dict(written.errors), "left": left})
    else:
        off = f"ranks off by {_most(written.errors.values()):.3%} at most"
        told(place, f"{len(written.errors)} features, {off}", written.left)


def _most(errors: Iterable[float]) -> float:
    return max(errors, default=0.0)


def save(path: Path | None, text: str) -> None:
    """Write a file, or to standard output; raises `ConfigurationError` if it cannot be written."""
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error


@statistics.command(name="import")
@click.argument("file", callback=one)
@click.option("-o", "--output", type=FILE, required=True, help="Baseline to write.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def import_(file: str, output: Path, as_json: bool) -> None:
    """Make a baseline of Model Monitor's statistics.json, so that batches can be held against it from today.

    What a feature does not tell well enough is left out and listed. A sketch is as exact as it is, and the error is
    told: build the baseline from the data itself where it is still there.

    Example: holdfast statistics import statistics.json -o bike.baseline
    """
    try:
        found = baseline_of(bytes_at(file))
    except ContractError as error:
        raise ContractError(f"{file}: {error}") from error
    data = found.baseline.to_bytes()
    try:
        output.write_bytes(data)
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error
    sha256, names = hashlib.sha256(data).hexdigest(), list(found.baseline.columns)
    if as_json:
        left = [{"where": left.where, "what": left.what, "reason": left.reason} for left in found.left]
        json_line({"file": str(output), "sha256": sha256, "rows": found.baseline.rows, "columns": names,
                   "errors": dict(found.errors), "left": left})  # fmt: skip
        return
    console().print("[green]stored[/]", plain(output), f"({len(names)} columns, {found.baseline.rows:,} rows)")
    console().print(f"sha256 {sha256}", soft_wrap=True)
    told(file, f"{len(names)} columns, ranks off by {_most(found.errors.values()):.3%} at most", found.left)


COMMAND = statistics
