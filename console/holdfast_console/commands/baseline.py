"""`holdfast baseline`: build what batches are held against, and store it as one small file."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import click

from holdfast.batches.kernel.baseline import KNOTS, Baseline
from holdfast.batches.reading.source import Source
from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError, ContractError
from holdfast_console.objects import checked, gathered
from holdfast_console.terminal import console, json_line, plain


@click.command(name="baseline")
@click.argument("references", metavar="[REFERENCE...]", nargs=-1, callback=checked)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option("--model-package", metavar="ARN", help="Build it of the training set of this model version instead.")
@click.option("--training-job", metavar="NAME", help="Build it of what this training job was given instead.")
@click.option("--channel", help="The job's channel that holds the training set.  [default: train or training]")
@click.option("--knots", type=click.IntRange(2, 1 << 20), default=KNOTS, show_default=True, help="Points per column.")
@click.option("--exact", is_flag=True, help="Keep every value instead.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes to read with.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def baseline(
    references: tuple[str, ...],
    output: Path,
    model_package: str | None,
    training_job: str | None,
    channel: str | None,
    knots: int,
    exact: bool,
    workers: int,
    as_json: bool,
) -> int:
    """Build a model's baseline from its REFERENCE: Parquet, CSV or JSON lines, gzipped or not, local or s3://.

    Several files, a folder, or a manifest that lists files are taken together, in this order. The same rows give the
    same bytes, in however many files, so the SHA-256 can be the name.

    Example: holdfast baseline reference.parquet -o bike.baseline
    """
    given = [bool(references), model_package is not None, training_job is not None]
    if sum(given) != 1:
        raise click.UsageError("expected one of REFERENCE, --model-package and --training-job")
    if channel and references:
        raise click.UsageError("--channel belongs to --model-package or --training-job")
    said = ", ".join(map(printable, references)) or model_package or training_job
    try:
        sources, origin = _sources(references, model_package, training_job, channel)
        built = _built(sources, knots=None if exact else knots, workers=workers)
    except ContractError as error:
        raise ConfigurationError(f"the reference {said}: {error}") from error
    data = built.to_bytes()
    try:
        output.write_bytes(data)
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error
    sha256 = hashlib.sha256(data).hexdigest()
    if as_json:
        told = {"file": str(output), "sha256": sha256, "bytes": len(data), "rows": built.rows}
        json_line({**told, "columns": list(built.columns), **origin})
        return 0
    sizes = f"{len(data):,} bytes, {len(built.columns)} columns, {built.rows:,} rows"
    console().print("[green]stored[/]", plain(output), f"({sizes})")
    for name, value in origin.items():
        console().print(plain(f"{name} {value}"), soft_wrap=True)
    console().print(f"sha256 {sha256}", soft_wrap=True)
    return 0


def _sources(
    references: Sequence[str], package: str | None, job: str | None, channel: str | None
) -> tuple[Sequence[Source], dict[str, str]]:
    """Give the files, and where they were found if they were looked for."""
    if references:
        return [source for place in references for source in gathered(place, unclosed=True)], {}
    from holdfast_console.training_set import of_job, of_package

    found = of_package(package, channel) if package else of_job(str(job), channel)
    return found.sources(), {"training_job": found.job, "channel": found.channel, "data": found.uri}


def _built(sources: Sequence[Source], *, knots: int | None, workers: int) -> Baseline:
    from holdfast.batches.reading.reader import read_baseline

    built = read_baseline(sources, knots=knots, workers=workers)
    if not built.rows:
        raise ContractError("it holds no rows to compare with")
    return built


COMMAND = baseline
