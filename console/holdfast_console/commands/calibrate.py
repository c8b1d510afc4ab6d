"""`holdfast calibrate`: thresholds from a model's own history."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdfast.batches.calibration import Calibration, Points, alarm_points, calibrated
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import ColumnResult, Level
from holdfast.shared.contract import Received, printable
from holdfast.shared.errors import ConfigurationError, ContractError
from holdfast_console.batches import by_counts, judged, known_to, load, with_columns
from holdfast_console.commands.drift import DEFAULT, SHARE, governed_by
from holdfast_console.objects import checked
from holdfast_console.terminal import coloured, console, json_line, plain

if TYPE_CHECKING:
    from rich.table import Table

JUDGED = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})
RATE = 0.02


class Line(Received):
    """What `holdfast drift --json` printed of one batch."""

    batch: str
    level: Level
    alpha: float = DEFAULT.alpha
    columns: tuple[ColumnResult, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """One batch of the history."""

    place: str
    level: Level
    points: Points


@click.command(name="calibrate")
@click.argument("places", metavar="[REFERENCE BATCH...]", nargs=-1, callback=checked)
@click.option("--false-alarms", type=SHARE, default=RATE, show_default=True, help="The rate that may be.")
@click.option("--from", "recorded", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Take the history from what `holdfast drift --json` printed.")  # fmt: skip
@click.option("--alpha", type=SHARE, help=f"Significance over all tests.  [default: {DEFAULT.alpha}]")
@click.option("--effect", type=SHARE, help=f"The threshold to start from.  [default: {DEFAULT.effect}]")
@click.option("--ignore", multiple=True, metavar="COLUMN", help="A column not to judge; may be repeated.")
@click.option("--manifest", type=click.Path(path_type=Path), help="Start from what governance.yaml says of a model.")
@click.option("--model", help="The model, if the manifest has several.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def calibrate(
    places: tuple[str, ...],
    false_alarms: float,
    recorded: Path | None,
    alpha: float | None,
    effect: float | None,
    ignore: tuple[str, ...],
    manifest: Path | None,
    model: str | None,
    as_json: bool,
) -> int:
    """Find the thresholds at which BATCHES that were as they should be would seldom have alarmed.

    Name the REFERENCE and, oldest first, batches of which none had drifted; or give their verdicts with --from. Prints
    what to write in the manifest, the rate of false alarms that can be stated of it, and how it would have done on
    each batch judged by the others. Exit code 2 if there are too few batches for the rate asked for.

    Example: holdfast calibrate reference.parquet 2026-0*.parquet --false-alarms 0.02
    """
    if (recorded is None) == (not places) or (places and len(places) < 2):
        raise click.UsageError("expected a reference and batches of it, or --from with their verdicts")
    governed, wanted = governed_by(manifest, model), {"alpha": alpha, "effect": effect}
    policy = DEFAULT if governed is None else governed.drift
    policy = policy.model_copy(update={key: value for key, value in wanted.items() if value is not None})
    policy = with_columns(policy, ignore=ignore, weights={}, effects={})
    ignored = [name for name, column in policy.columns.items() if column.ignore]
    told = list(_read(recorded, ignored) if recorded else _judged(places, policy, ignore))
    history = [past for past in told if past.level in JUDGED]
    if not history:
        raise ConfigurationError(f"none of {len(told)} batches could be judged, there is no history to learn from")
    found = calibrated([past.points for past in history], asked=false_alarms, effect=policy.effect)
    left = [past.place for past in told if past.level not in JUDGED]
    if as_json:
        json_line(_said(found, history, left))
    else:
        _show(found, history, left, policy.effect)
    return 0 if found.is_reached else 2


def _judged(places: Sequence[str], policy: DriftPolicy, ignore: Sequence[str]) -> Iterator[Past]:
    baseline = load(places[0])
    known_to(baseline, ignore, places[0])
    for one in judged(baseline, places[1:], by_counts(policy, ())):
        yield Past(one.place, one.verdict.level, alarm_points(one.verdict.columns, policy.alpha))


def _read(path: Path, ignore: Sequence[str]) -> Iterator[Past]:
    for number, text in enumerate(path.read_bytes().splitlines(), 1):
        try:
            line = Line.receive(json.loads(text))
        except (ValueError, RecursionError, ContractError) as error:
            raise ConfigurationError(f"{path}:{number}: not a line of `holdfast drift --json`: {error}") from error
        points = alarm_points((column for column in line.columns if column.name not in ignore), line.alpha)
        yield Past(line.batch, line.level, points)


def _said(found: Calibration, history: Sequence[Past], left: Sequence[str]) -> dict[str, Any]:
    batches = [
        {"batch": past.place, "columns": found.thresholds.alarms(past.points), "alarms_at": _worst(past)[1]}
        for past in history
    ]
    return {
        "drift": found.snippet(), "asked": found.asked, "stated": found.stated, "is_reached": found.is_reached,
        "batches": found.batches, "alike": found.alike, "needed": found.needed, "dependence": found.dependence,
        "alarms_before": found.before, "alarms_left_out": found.left_out, "history": batches, "not_judged": list(left),
    }  # fmt: skip


def _worst(past: Past) -> tuple[str, float | None]:
    """Name the column that alarms at the largest threshold; `None` if no threshold would still it."""
    name = max(past.points, key=lambda column: past.points[column], default="")
    point = past.points.get(name, 0.0)
    return name, None if point == float("inf") else round(point, 6)


def _show(found: Calibration, history: Sequence[Past], left: Sequence[str], effect: float) -> None:
    screen = console()
    screen.print(_table(found, history, effect))
    for text in (*_sentences(found, effect), *(f"left out, not judged: {printable(place)}" for place in left)):
        screen.print(plain(text))
    screen.print("\nin the manifest:\n")
    for text in _yaml(found):
        screen.print(plain(text), soft_wrap=True)


def _table(found: Calibration, history: Sequence[Past], effect: float) -> "Table":
    from rich.table import Table

    laid = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("batch", f"at {effect:g}", "calibrated", "worst column"):
        laid.add_column(heading)
    laid.add_column("alarms up to", justify="right")
    for past in history:
        name, point = _worst(past)
        before = "drift" if any(at >= effect for at in past.points.values()) else "none"
        after = "drift" if found.thresholds.alarms(past.points) else "none"
        told = "any" if point is None else f"{point:.3f}"
        laid.add_row(plain(past.place), coloured(before), coloured(after), plain(name if point != 0 else ""), told)
    return laid


def _sentences(found: Calibration, effect: float) -> Iterator[str]:
    many = f"{found.batches} {'batch' if found.batches == 1 else 'batches'}"
    yield f"{found.before} of {many} alarm at the effect {effect:g}"
    if 2 * found.before > found.batches:
        yield "that is most of them: if they had drifted, these thresholds would hide it, and a new reference is wanted"
    yield f"judged by thresholds from all the others, {found.left_out} of {many} alarm"
    if found.dependence:
        yield (
            f"batches resemble the one before them (rank correlation {found.dependence:.2f}): "
            f"they are worth about {found.alike} independent ones"
        )
    of = "one threshold" if found.kind == "one" else "thresholds of single columns"
    yield f"with {of} at most {found.stated:.1%} of batches like these alarm, {found.asked:.1%} was asked for"
    if not found.is_reached:
        yield f"to state {found.asked:.1%} takes {found.needed} batches or more: use this for now, and calibrate again"
    yield "this holds while batches to come are like these; a season that none of these had is not among them"


def _yaml(found: Calibration) -> Iterator[str]:
    """Write the snippet; a name is quoted as JSON does, which YAML reads."""
    snippet = found.snippet()
    yield "drift:"
    yield f"  effect: {snippet['effect']:g}"
    if "columns" in snippet:
        yield "  columns:"
    for name, column in snippet.get("columns", {}).items():
        said = ", ".join(f"{key}: {value:g}" for key, value in column.items())
        yield f"    {json.dumps(name)}: {{{said}}}"


COMMAND = calibrate
