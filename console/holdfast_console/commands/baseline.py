"""`holdfast baseline`: build what batches are held against, and store it as one small file."""

import hashlib
from pathlib import Path

import click

from holdfast.batches.kernel.baseline import KNOTS
from holdfast.batches.reading.reader import read_baseline
from holdfast.shared.errors import ConfigurationError
from holdfast_console.objects import checked, fetched
from holdfast_console.terminal import console, json_line, plain


@click.command(name="baseline")
@click.argument("references", metavar="REFERENCE...", nargs=-1, required=True, callback=checked)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option("--knots", type=click.IntRange(2, 1 << 20), default=KNOTS, show_default=True, help="Points per column.")
@click.option("--exact", is_flag=True, help="Keep every value instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def baseline(references: tuple[str, ...], output: Path, knots: int, exact: bool, as_json: bool) -> int:
    """Build a model's baseline from its REFERENCE, one Parquet file or several taken together, local or s3://.

    The same rows give the same bytes, whatever their order, so the SHA-256 can be the name.

    Example: holdfast baseline reference.parquet -o bike.baseline
    """
    built = read_baseline([fetched(place) for place in references], knots=None if exact else knots)
    data = built.to_bytes()
    try:
        output.write_bytes(data)
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error
    sha256 = hashlib.sha256(data).hexdigest()
    if as_json:
        names = list(built.columns)
        json_line({"file": str(output), "sha256": sha256, "bytes": len(data), "rows": built.rows, "columns": names})
        return 0
    sizes = f"{len(data):,} bytes, {len(built.columns)} columns, {built.rows:,} rows"
    console().print("[green]stored[/]", plain(output), f"({sizes})")
    console().print(f"sha256 {sha256}", soft_wrap=True)
    return 0


COMMAND = baseline
