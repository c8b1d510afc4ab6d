"""`holdfast drift`: has a batch departed from its reference?"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.progress import track
from rich.table import Table

from holdfast.batches.detectors.exact import DETECTOR
from holdfast.batches.kernel.baseline import KNOTS, Baseline
from holdfast.batches.kernel.packing import MAGIC, is_packed
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level, refused, unjudged
from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError, ContractError, TransientError
from holdfast_console.objects import checked, fetched
from holdfast_console.terminal import coloured, console, json_line, plain

FOUND = frozenset({Level.DRIFT, Level.QUARANTINED})
UNTOLD = frozenset({Level.UNKNOWN, Level.NOT_ENOUGH_DATA})
DEFAULT = DriftPolicy()


class Share(click.FloatRange):
    """A number above 0 and below 1; `nan`, which compares as neither too small nor too large, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number, or refuse it as misuse."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


SHARE = Share(0, 1, min_open=True, max_open=True)


@click.command(name="drift")
@click.argument("reference", callback=lambda context, parameter, place: checked(context, parameter, (place,))[0])
@click.argument("batches", nargs=-1, required=True, callback=checked)
@click.option("--alpha", type=SHARE, default=DEFAULT.alpha, show_default=True, help="Significance over all tests.")
@click.option("--effect", type=SHARE, default=DEFAULT.effect, show_default=True, help="Smallest change that is drift.")
@click.option("--knots", type=click.IntRange(2, 1 << 20), help=f"Points a column is compared at, else {KNOTS}.")
@click.option("--exact", is_flag=True, help="Compare at every value of the reference.")
@click.option("--critical", multiple=True, help="A column without which a batch is refused; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per batch.")
def drift(
    reference: str,
    batches: tuple[str, ...],
    alpha: float,
    effect: float,
    knots: int | None,
    exact: bool,
    critical: tuple[str, ...],
    as_json: bool,
) -> int:
    """Judge Parquet BATCHES against a REFERENCE: a Parquet file, or a baseline that `holdfast baseline` stored.

    Both may be local files or s3:// URIs. Exit code 1 if a batch drifted or is refused, else 2 if one could not be
    judged, else 0.

    Example: holdfast drift reference.parquet batch-*.parquet --critical season
    """
    baseline = load(reference, knots=knots, exact=exact)
    policy = DriftPolicy(alpha=alpha, effect=effect)
    verdicts = ((place, judge(baseline, place, policy, critical)) for place in batches)
    levels = report_lines(verdicts) if as_json else report_tables(verdicts, len(batches))
    return 1 if FOUND.intersection(levels) else 2 if UNTOLD.intersection(levels) else 0


def load(place: str, *, knots: int | None, exact: bool) -> Baseline:
    """Read a stored baseline, or build one from a Parquet file."""
    source = fetched(place)
    if not is_packed(_head(source)):
        try:
            return read_baseline([source], knots=None if exact else knots or KNOTS)
        except (ContractError, ConfigurationError) as error:
            raise ConfigurationError(f"the reference {printable(place)}: {error}") from error
    if exact or knots:
        raise click.UsageError(f"{place} is a stored baseline, --exact and --knots belong to `holdfast baseline`")
    return Baseline.from_bytes(source if isinstance(source, bytes) else source.read_bytes())


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source
    with source.open("rb") as file:
        return file.read(len(MAGIC))


def judge(baseline: Baseline, place: str, policy: DriftPolicy, critical: Sequence[str]) -> BatchAssessment:
    """Give the verdict on one batch; a file that cannot be read has one too."""
    try:
        counts = read_counts(fetched(place), baseline)
    except ContractError as error:
        return refused(str(error))
    except (ConfigurationError, TransientError) as error:
        return unjudged(str(error))
    return DETECTOR.compare(baseline, counts, policy, critical=critical)


def report_lines(verdicts: Iterable[tuple[str, BatchAssessment]]) -> list[Level]:
    """Print one JSON line per batch."""
    levels = []
    for place, verdict in verdicts:
        columns = [column.model_dump(mode="json", exclude={"schema_version"}) for column in verdict.columns]
        said = {"level": verdict.level.value, "n": verdict.n, "reason": verdict.reason, "tests": verdict.tests}
        json_line({"batch": place, **said, "columns": columns})
        levels.append(verdict.level)
    return levels


def report_tables(verdicts: Iterable[tuple[str, BatchAssessment]], total: int) -> list[Level]:
    """Print each verdict in a sentence and its columns as a table: of one batch all, of several those that changed."""
    screen = console()
    done = list(track(verdicts, "judging", total, console=console(stderr=True), transient=True))
    for place, verdict in done:
        screen.print(coloured(verdict.level), plain(place), plain(f"({verdict.n:,} rows):"), plain(verdict.reason))
        shown = [column for column in verdict.columns if total == 1 or column.level is not Level.NONE]
        if shown:
            screen.print(table(shown))
    return [verdict.level for _, verdict in done]


def table(columns: Sequence[ColumnResult]) -> Table:
    """Lay columns out, the worst first."""
    laid = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("column", "verdict", "test"):
        laid.add_column(heading)
    for heading in ("effect", "threshold", "p (Holm)"):
        laid.add_column(heading, justify="right")
    laid.add_column("what changed", overflow="fold")
    for column in columns:
        told = column.p_adjusted is not None
        laid.add_row(
            plain(column.name), coloured(column.level), column.test,
            f"{column.effect:.4f}" if told else "", f"{column.threshold:.3f}" if told else "",
            _probability(column.p_adjusted), plain(column.detail),
        )  # fmt: skip
    return laid


def _probability(p: float | None) -> str:
    return "" if p is None else f"{p:.2g}" if p else "< 1e-300"


COMMAND = drift
