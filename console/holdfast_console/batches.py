"""Batches judged one after the other on this machine, each beside the same reference."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from holdfast.batches.detectors.exact import DETECTOR
from holdfast.batches.kernel.baseline import KNOTS, Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.packing import MAGIC, is_packed
from holdfast.batches.policy import ColumnPolicy, DriftPolicy
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.reading.source import Source, named
from holdfast.batches.verdict import BatchAssessment, refused, unjudged
from holdfast.batches.why.findings import Explanation
from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError, ContractError, IntegrityError, TransientError
from holdfast_console.objects import gathered

Judge = Callable[[Sequence[Source], Baseline], tuple[Counts, BatchAssessment]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch, what was counted of it unless it could not be read, the verdict, and why if that was asked for."""

    place: str
    counts: Counts | None
    verdict: BatchAssessment
    why: Explanation | None = None


def load(place: str, *, knots: int | None = None, exact: bool = False, workers: int = 1) -> Baseline:
    """Read a stored baseline, or build one from a file; raises `ConfigurationError` if there is none to be had."""
    try:
        sources = gathered(place, unclosed=True)
        if len(sources) != 1 or not is_packed(_head(sources[0])):
            return read_baseline(sources, knots=None if exact else knots or KNOTS, workers=workers)
        if exact or knots:
            raise click.UsageError(f"{place} is a stored baseline, --exact and --knots belong to `holdfast baseline`")
        data = named(sources[0]).data
        return Baseline.from_bytes(data if isinstance(data, bytes) else data.read_bytes())
    except (ContractError, ConfigurationError, IntegrityError) as error:
        raise ConfigurationError(f"the reference {printable(place)}: {error}") from error


def _head(source: Source) -> bytes:
    data = named(source).data
    if isinstance(data, bytes):
        return data
    with data.open("rb") as file:
        return file.read(len(MAGIC))


def by_counts(policy: DriftPolicy, critical: Sequence[str], *, workers: int = 1) -> Judge:
    """Judge by the exact detector alone."""

    def judge(sources: Sequence[Source], baseline: Baseline) -> tuple[Counts, BatchAssessment]:
        counts = read_counts(sources, baseline, workers=workers)
        return counts, DETECTOR.compare(baseline, counts, policy, critical=critical)

    return judge


def judged(baseline: Baseline, places: Sequence[str], judge: Judge, *, unclosed: bool = False) -> Iterator[Judged]:
    """Give the verdict on each batch in its turn; a file that cannot be read has one too."""
    for place in places:
        try:
            yield Judged(place, *judge(gathered(place, unclosed=unclosed), baseline))
        except ContractError as error:
            yield Judged(place, None, refused(str(error)))
        except (ConfigurationError, TransientError) as error:
            yield Judged(place, None, unjudged(str(error)))


def pairs(context: click.Context, parameter: click.Parameter, said: tuple[str, ...]) -> dict[str, float]:
    """Read COLUMN=NUMBER; a callback of click."""
    found = {}
    for one in said:
        name, _, number = one.rpartition("=")
        try:
            found[name] = float(number)
        except ValueError:
            name = ""
        if not name:
            raise click.BadParameter(f"expected COLUMN=NUMBER, got {one!r}", context, parameter)
    return found


def with_columns(
    policy: DriftPolicy, *, ignore: Sequence[str], weights: dict[str, float], effects: dict[str, float]
) -> DriftPolicy:
    """Say more of single columns; raises `UsageError` for a number that is none of ours."""
    columns: dict[str, Any] = {name: column.model_dump() for name, column in policy.columns.items()}
    for key, said in (("ignore", dict.fromkeys(ignore, True)), ("weight", weights), ("effect", effects)):
        for name, value in said.items():
            columns.setdefault(name, ColumnPolicy().model_dump())[key] = value
    try:
        parsed = {name: ColumnPolicy.model_validate(column) for name, column in columns.items()}
    except ValueError as error:
        raise click.UsageError("a weight must be 0 to 1,000, and an effect in (0, 1)") from error
    return policy.model_copy(update={"columns": parsed})


def known_to(baseline: Baseline, names: Sequence[str], place: str | Path) -> None:
    """Refuse the name of a column that the reference does not have."""
    if unknown := [name for name in names if name not in baseline.columns]:
        raise click.UsageError(f"{place} has no column {', '.join(map(printable, unknown[:3]))}")
