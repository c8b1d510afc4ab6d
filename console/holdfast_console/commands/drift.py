"""`holdfast drift`: has a batch departed from its reference?"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdfast.batches.kernel.baseline import KNOTS
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.sentence import probability
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast_console.batches import Judge, Judged, by_counts, judged, known_to, load, pairs, with_columns
from holdfast_console.objects import checked
from holdfast_console.terminal import coloured, console, json_line, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from holdfast.batches.why.findings import Explanation
    from holdfast.manifest import Model

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
@click.option("--alpha", type=SHARE, help=f"Significance over all tests.  [default: {DEFAULT.alpha}]")
@click.option("--effect", type=SHARE, help=f"Smallest change that is drift.  [default: {DEFAULT.effect}]")
@click.option("--score", type=SHARE, help="Score of the batch as a whole that is drift.  [default: none]")
@click.option("--ignore", multiple=True, metavar="COLUMN", help="A column not to judge; may be repeated.")
@click.option("--weight", "weights", multiple=True, metavar="COLUMN=W", callback=pairs,
              help="A column's part in the score; with 0 it is told, and decides nothing.")  # fmt: skip
@click.option("--column-effect", "effects", multiple=True, metavar="COLUMN=E", callback=pairs,
              help="The smallest change of one column that is drift.")  # fmt: skip
@click.option("--knots", type=click.IntRange(2, 1 << 20), help=f"Points a column is compared at, else {KNOTS}.")
@click.option("--exact", is_flag=True, help="Compare at every value of the reference.")
@click.option("--critical", multiple=True, help="A column without which a batch is refused; may be repeated.")
@click.option("--manifest", type=click.Path(path_type=Path), help="Judge as this governance.yaml says of a model.")
@click.option("--model", help="The model, if the manifest has several.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML page, and its JSON.")
@click.option("--why", "explained", is_flag=True, help="Say what moved, in which segment, since when and whither.")
@click.option("--unclosed", is_flag=True, help="Take a folder as a whole batch though no _SUCCESS lies in it.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes to read with.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per batch.")
def drift(
    reference: str,
    batches: tuple[str, ...],
    alpha: float | None,
    effect: float | None,
    score: float | None,
    ignore: tuple[str, ...],
    weights: dict[str, float],
    effects: dict[str, float],
    knots: int | None,
    exact: bool,
    critical: tuple[str, ...],
    manifest: Path | None,
    model: str | None,
    report: Path | None,
    explained: bool,
    unclosed: bool,
    workers: int,
    as_json: bool,
) -> int:
    """Judge BATCHES against a REFERENCE: files of data, or as reference a baseline that `holdfast baseline` stored.

    All may be local or s3:// URIs: Parquet, CSV or JSON lines, gzipped or not; one file, a folder closed by _SUCCESS,
    or a manifest that lists the parts. Exit code 1 if a batch drifted or is refused, else 2 if one could not be
    judged, else 0. Of several batches the report is an index, with a page for each in a folder of its name.

    Example: holdfast drift reference.parquet batch-*.parquet --critical season --ignore row_id --weight temp=3
    """
    governed = governed_by(manifest, model)
    policy = DEFAULT if governed is None else governed.drift
    said = {"alpha": alpha, "effect": effect, "score": score}
    policy = policy.model_copy(update={key: value for key, value in said.items() if value is not None})
    policy = with_columns(policy, ignore=ignore, weights=weights, effects=effects)
    baseline = load(reference, knots=knots, exact=exact, workers=workers)
    known_to(baseline, [*ignore, *weights, *effects], reference)
    judge = by_manifest(governed, policy, critical) if governed else by_counts(policy, critical, workers=workers)
    verdicts = judged(baseline, batches, judge, unclosed=unclosed)
    if explained:
        from holdfast_console.explaining import Explainer

        verdicts = Explainer(baseline).explained(verdicts)
    if report is not None:
        from holdfast_console.report_pages import ReportPages

        owner = None if governed is None else governed.owner
        pages = ReportPages(report, reference=reference, baseline=baseline, total=len(batches), owner=owner)
        verdicts = pages.written(verdicts)
    levels = report_lines(verdicts, policy) if as_json else report_tables(verdicts, len(batches))
    return 1 if FOUND.intersection(levels) else 2 if UNTOLD.intersection(levels) else 0


def governed_by(path: Path | None, name: str | None) -> "Model | None":
    """Find the model of a manifest; raises `UsageError` unless one is meant."""
    if path is None:
        if name is not None:
            raise click.UsageError("--model needs --manifest")
        return None
    from holdfast.manifest import Manifest

    models = Manifest.load(path).models
    if name is None and len(models) == 1:
        return next(iter(models.values()))
    if name not in models:
        raise click.UsageError(f"expected --model, one of {', '.join(models) or 'none'}, got {name}")
    return models[name]


def by_manifest(model: "Model", policy: DriftPolicy, critical: Sequence[str]) -> Judge:
    """Judge as the manifest says: its detectors, expectations and schema."""
    from holdfast.batches import judgement
    from holdfast.shared import clock

    columns = model.columns.model_copy(update={"critical": (*model.columns.critical, *critical)})
    model = model.model_copy(update={"drift": policy, "columns": columns})

    def judge(source: Any, baseline: Any) -> tuple[Any, BatchAssessment]:
        counts = judgement.counted(source, baseline, model)
        return counts, judgement.assessed(counts, baseline, model, arrived=clock.now())

    return judge


def report_lines(verdicts: Iterable[Judged], policy: DriftPolicy) -> list[Level]:
    """Print one JSON line per batch."""
    levels = []
    for one in verdicts:
        verdict = one.verdict
        columns = [column.model_dump(mode="json", exclude={"schema_version"}) for column in verdict.columns]
        said = {"level": verdict.level.value, "n": verdict.n, "reason": verdict.reason, "score": verdict.score}
        why = {} if one.why is None else {"why": one.why.model_dump(mode="json")}
        json_line(
            {"batch": one.place, **said, "tests": verdict.tests, "alpha": policy.alpha, "columns": columns, **why}
        )
        levels.append(verdict.level)
    return levels


def report_tables(verdicts: Iterable[Judged], total: int) -> list[Level]:
    """Print each verdict in a sentence and its columns as a table: of one batch all, of several those that changed."""
    from rich.progress import track

    screen = console()
    done = list(track(verdicts, "judging", total, console=console(stderr=True), transient=True))
    for one in done:
        verdict = one.verdict
        rows = f"({verdict.n:,} {'row' if verdict.n == 1 else 'rows'}{_score(verdict)}):"
        screen.print(coloured(verdict.level), plain(one.place), plain(rows), plain(verdict.reason))
        shown = [column for column in verdict.columns if total == 1 or column.level is not Level.NONE]
        if shown:
            screen.print(table(shown))
        if one.why is not None:
            tell(screen, one.why)
    return [one.verdict.level for one in done]


def tell(screen: "Console", why: "Explanation") -> None:
    """Print why, column by column."""
    from rich.padding import Padding

    from holdfast_console.explaining import sentences

    if why.columns:
        screen.print("why", style="bold")
    for indent, sentence in sentences(why):
        screen.print(Padding(plain(sentence), (0, 0, 0, indent), expand=False))


def _score(verdict: BatchAssessment) -> str:
    return "" if verdict.score is None else f", score {verdict.score:.3f}"


def table(columns: Sequence[ColumnResult]) -> "Table":
    """Lay columns out, the worst first."""
    from rich.table import Table

    laid = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("column", "verdict", "test"):
        laid.add_column(heading)
    for heading in ("n", "effect", "interval", "threshold", "p", "p (Holm)"):
        laid.add_column(heading, justify="right")
    laid.add_column("what changed", overflow="fold")
    for column in columns:
        laid.add_row(
            plain(column.name or "''"), coloured(column.level), column.test, *_numbers(column), plain(column.detail)
        )
    return laid


def _numbers(column: ColumnResult) -> tuple[str, ...]:
    rows = f"{column.n:,}"
    if column.p is None or column.p_adjusted is None or column.lower is None or column.upper is None:
        return rows, "", "", "", "", ""
    interval, threshold = f"{column.lower:.3f} to {column.upper:.3f}", f"{column.threshold or 0:.3f}"
    return rows, f"{column.effect:.4f}", interval, threshold, probability(column.p), probability(column.p_adjusted)


COMMAND = drift
