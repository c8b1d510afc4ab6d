"""Put together what the report on a batch says: pure, and bounded whatever the batch holds."""

from collections.abc import Iterator, Sequence

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.report.document import (
    DECIMALS,
    MOST_COLUMNS,
    MOST_PAST,
    MOST_RESULTS,
    BatchBefore,
    ColumnShown,
    Examination,
    Missing,
    Provenance,
    Report,
    Verdict,
)
from holdfast.batches.report.pairs import pairs
from holdfast.batches.report.spread import spread
from holdfast.batches.report.wording import action, sentence
from holdfast.batches.verdict import NAME_LENGTH, SEVERITY, BatchAssessment, Level, called
from holdfast.batches.why.findings import Explanation
from holdfast.batches.why.history import Past


def composed(
    assessment: BatchAssessment,
    provenance: Provenance,
    *,
    title: str,
    baseline: Baseline | None = None,
    counts: Counts | None = None,
    explanation: Explanation | None = None,
    history: Sequence[Past] = (),
    waits_for: str | None = None,
    warning: str | None = None,
    disagrees: bool = False,
    examinations: Sequence[Examination] = (),
    awaited: Sequence[str] = (),
) -> Report:
    """Compose the report; without baseline and counts it shows none of what they would.

    `history` ends with this very batch, as later ones will remember it.
    """
    known = history[-MOST_PAST:]
    shown = list(_columns(assessment, baseline, counts, known)) if baseline and counts else []
    rows = None if baseline is None else baseline.rows
    told = Verdict.of(assessment, sentence(assessment), action(assessment, provenance, waits_for, examinations), rows)
    return Report(
        title=title, verdict=told, provenance=provenance, warning=warning, disagrees=disagrees,
        results=assessment.columns[:MOST_RESULTS], results_omitted=max(0, len(assessment.columns) - MOST_RESULTS),
        columns=tuple(shown[:MOST_COLUMNS]), columns_omitted=max(0, len(shown) - MOST_COLUMNS),
        correlations=pairs(baseline, counts) if baseline and counts else (), explanation=explanation,
        history=tuple(BatchBefore.of(one) for one in known), past=known[-1] if known else None,
        examinations=tuple(examinations), awaited=tuple(awaited),
    )  # fmt: skip


def _columns(
    assessment: BatchAssessment, baseline: Baseline, counts: Counts, history: Sequence[Past]
) -> Iterator[ColumnShown]:
    """Show the columns of the reference from the worst to the best, then those that only the batch has."""
    worst: dict[str, Level] = {}
    for result in assessment.columns:
        if result.name not in worst or SEVERITY.index(result.level) > SEVERITY.index(worst[result.name]):
            worst[result.name] = result.level
    every = {called(name): name for name in (*baseline.columns, *counts.columns)}
    ranked = [name for name in worst if name in every] + [name for name in every if name not in worst]
    for place, short in enumerate(ranked):
        name, level = every[short], worst.get(short, Level.NONE)
        known, found = baseline.columns.get(name), counts.columns.get(name)
        ratios = tuple(past.effects.get(short) for past in history)
        yield _column(short, level, known, found, ratios, is_drawn=place < MOST_COLUMNS)


def _column(
    name: str, level: Level, known: BaselineColumn | None, found: CountedColumn | None,
    ratios: tuple[float | None, ...], *, is_drawn: bool,
) -> ColumnShown:  # fmt: skip
    typed = known or found
    assert typed is not None  # noqa: S101 - a column stands in one of the two
    drawn = spread(known, found) if is_drawn and known is not None else None
    type_now = None if found is None else found.type[:NAME_LENGTH]
    return ColumnShown(
        name=name, kind=typed.kind, type=typed.type[:NAME_LENGTH], type_now=type_now, level=level,
        missing=_missing(known, found), spread=drawn, note=None if drawn else _why_none(known, found),
        history=ratios if any(one is not None for one in ratios) else (),
    )  # fmt: skip


def _missing(known: BaselineColumn | None, found: CountedColumn | None) -> Missing | None:
    if known is None or found is None:
        return None
    before, now = (column.missing / max(1, column.n + column.missing) for column in (known, found))
    return Missing(before=round(before, DECIMALS), now=round(now, DECIMALS))


def _why_none(known: BaselineColumn | None, found: CountedColumn | None) -> str:
    if known is None:
        return "the reference does not have this column"
    if found is None:
        return "missing from the batch"
    if Kind.NESTED in (known.kind, found.kind):
        return "nested values are counted, not compared"
    if known.kind is not found.kind and Kind.EMPTY not in (known.kind, found.kind):
        return "another type than the reference's"
    if isinstance(known.values, Categories) and known.values.labels is None:
        return "more categories than are kept by name: compared by groups of their hashes"
    if found.n == sum(found.infinite) or known.n == sum(known.infinite):
        return "no finite values to show"
    return "too few values to show without showing single ones"
