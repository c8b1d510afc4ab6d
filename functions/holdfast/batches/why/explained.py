"""From counts, verdict and history to the explanation of a batch: pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level, Test, called
from holdfast.batches.why.findings import MOST_EXPLAINED, MOST_MOVED, ColumnExplained, Explanation
from holdfast.batches.why.history import Past
from holdfast.batches.why.moved import Way, absent, direction, moved, way_of
from holdfast.batches.why.segment import Of, explaining
from holdfast.batches.why.since import History

CHANGED = frozenset({Level.NOTICE, Level.DRIFT, Level.QUARANTINED})
CALM = frozenset({Level.NONE, Level.NOTICE})
SPREAD: frozenset[Test] = frozenset(
    {"ks", "rank_sum", "rank_spread", "chi2", "range", "new_categories", "vanished_categories"}
)


class _Sides(NamedTuple):
    """A column by its full name, as the reference and the batch have it."""

    name: str
    known: BaselineColumn | None
    found: CountedColumn | None


class _Changed(NamedTuple):
    """What was found of one column, the gravest first."""

    results: tuple[ColumnResult, ...]
    sides: _Sides

    @property
    def gravest(self) -> ColumnResult:
        return self.results[0]

    @property
    def tests(self) -> frozenset[Test]:
        return frozenset(result.test for result in self.results if result.level is self.gravest.level)


def explain(
    baseline: Baseline, counts: Counts, assessment: BatchAssessment, *, past: Sequence[Past] = ()
) -> Explanation:
    """Say of each column that changed what moved, where and since when; of the others, which are heading for it.

    `past` are earlier batches of the same model, in any order; without them nothing is said of when and whither.
    """
    columns = list(_columns(baseline, counts, assessment))
    ways = {one.gravest.name: _way(one.sides) for one in columns}
    lower, higher = (tuple(name for name, way in ways.items() if way == one) for one in ("smaller", "larger"))
    history = History.of(assessment, past, lower=lower, higher=higher)
    trends = history.trends({one.gravest.name for one in columns if one.gravest.level in CALM})
    changed = [one for one in columns if one.gravest.level in CHANGED]
    heading = [one for one in columns if one.gravest.level not in CHANGED and one.gravest.name in trends]
    told = [
        _told(one, counts, baseline).model_copy(
            update={"began": history.began(one.gravest.name), "trend": trends.get(one.gravest.name)}
        )
        for one in changed[:MOST_EXPLAINED]
    ] + [_named(one.gravest).model_copy(update={"trend": trends[one.gravest.name]}) for one in heading]
    return Explanation(
        batches=history.batches, columns=tuple(told[:MOST_EXPLAINED]), lower=lower, higher=higher,
        omitted=len(changed) + len(heading) - min(len(told), MOST_EXPLAINED),
    )  # fmt: skip


def _columns(baseline: Baseline, counts: Counts, assessment: BatchAssessment) -> Iterator[_Changed]:
    """Give what was found of each column, in the order of the verdict."""
    found: dict[str, list[ColumnResult]] = {}
    for result in assessment.columns:
        found.setdefault(result.name, []).append(result)
    full = {called(name): name for name in (*counts.columns, *baseline.columns)}
    for short, results in found.items():
        name = full.get(short, short)
        sides = _Sides(name, baseline.columns.get(name), counts.columns.get(name))
        yield _Changed(tuple(results), sides)


def _way(sides: _Sides) -> Way | None:
    return None if sides.known is None or sides.found is None else way_of(sides.known, sides.found)


def _named(result: ColumnResult, direction: str = "") -> ColumnExplained:
    return ColumnExplained(
        name=result.name, level=result.level, test=result.test, effect=result.effect, threshold=result.threshold,
        direction=direction or result.detail,
    )  # fmt: skip


def _told(one: _Changed, counts: Counts, baseline: Baseline) -> ColumnExplained:
    """Say what moved in a column; what is no matter of how its values are spread is told in the verdict's words."""
    known, found = one.sides.known, one.sides.found
    if known is None or found is None or not one.tests & (SPREAD | {"null_rate"}):
        return _named(one.gravest)
    parts = moved(known, found) if one.tests & SPREAD else ()
    words = [direction(known, found, parts)] if one.tests & SPREAD else []
    if "null_rate" in one.tests:
        gap = absent(known, found)
        words.append(f"{'more' if gap.gain > 0 else 'fewer'} values are missing")
        parts = (*parts[: MOST_MOVED - 1], gap)
    words += [result.detail for result in one.results if result.test == "rank_correlation" and result.test in one.tests]
    segment = explaining(baseline.segments, counts.segments, one.sides.name, of=_of(one, known))
    said = _named(one.gravest, "; ".join(word for word in words if word))
    return said.model_copy(update={"moved": parts, "segment": segment})


def _of(one: _Changed, known: BaselineColumn) -> Of:
    if one.gravest.test == "null_rate":
        return "missing"
    return "categories" if isinstance(known.values, Categories) else "distribution"
