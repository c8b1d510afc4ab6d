"""From a p-value and an effect to the verdict every detector speaks; a p-value that is no number says `unknown`."""

import math
from collections.abc import Iterable, Sequence

from holdfast.batches.alibi.columns import Unread
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import SEVERITY, BatchAssessment, ColumnResult, Level, Test, called, shown

MOST_NAMED = 3


def adjusted(p_values: Sequence[float], correction: str) -> list[float]:
    """Put p-values of many tests together; one that is no number stays none and counts among the tests.

    `bonferroni`, or `fdr`: Y. Benjamini and Y. Hochberg, J. Royal Statistical Society B 57, 1995.
    """
    tests = len(p_values)
    if correction != "fdr":
        return [p if math.isnan(p) else min(1.0, p * tests) for p in p_values]
    found, least = list(p_values), 1.0
    known = sorted((at for at, p in enumerate(p_values) if not math.isnan(p)), key=lambda at: p_values[at])
    for rank, at in reversed(list(enumerate(known, 1))):
        least = min(least, p_values[at] * tests / rank)
        found[at] = least
    return found


def weighed(
    name: str, what: str, *, n: int, p: float, p_adjusted: float, effect: float, threshold: float, policy: DriftPolicy
) -> ColumnResult:
    """Judge one of alibi-detect's tests: drift if it is significant among all tests and its effect is large enough."""
    if math.isnan(p) or math.isnan(effect):
        return untested(name, f"{what} gave no p-value: nothing is known of this column", n=n, test="alibi")
    level = Level.NONE
    if p_adjusted < policy.alpha:
        level = Level.DRIFT if effect >= threshold else Level.NOTICE
    return ColumnResult(
        name=called(name),
        test="alibi",
        n=n,
        effect=effect,
        p=p,
        p_adjusted=p_adjusted,
        threshold=threshold,
        level=level,
        detail=what[:300],
    )


def untested(name: str, why: str, *, n: int, test: Test = "not_judged") -> ColumnResult:
    """Say that nothing is known of a column: never that it did not drift."""
    return ColumnResult(name=called(name), test=test, n=n, effect=0, level=Level.UNKNOWN, detail=why[:300])


def unread(columns: Iterable[Unread], *, n: int) -> list[ColumnResult]:
    """Give the columns that could not be compared: drift if they are not what they were, as for the exact detector."""
    lost = {"test": "schema", "level": Level.DRIFT, "effect": 1.0}
    unknown = [(untested(column.name, column.reason, n=n), column.matters) for column in columns]
    return [result.model_copy(update=lost) if matters else result for result, matters in unknown]


def too_few(reference: int, batch: int, least: int, *, detector: str) -> BatchAssessment | None:
    """Say that there are too few rows to tell, or `None` if there are enough."""
    if min(reference, batch) >= least:
        return None
    few = "batch" if batch < least else "reference"
    reason = f"the {few} has {min(reference, batch):,} rows, expected at least {least:,}"
    return BatchAssessment(level=Level.NOT_ENOUGH_DATA, n=batch, reason=reason, detector=detector)


def assessed(results: Sequence[ColumnResult], *, detector: str, n: int) -> BatchAssessment:
    """Make the verdict on the batch: the worst of its columns that count, the worst first."""
    ordered = sorted(
        results, key=lambda result: (-SEVERITY.index(result.level), -result.effect, result.name, result.detail)
    )
    counted = [result for result in ordered if result.test != "not_judged"]
    if not counted:
        reason = "there is no column to compare"
        return BatchAssessment(level=Level.UNKNOWN, n=n, reason=reason, detector=detector, columns=tuple(ordered))
    tests = sum(result.p is not None for result in results)
    return BatchAssessment(
        level=counted[0].level,
        n=n,
        reason=_reason(counted, tests),
        detector=detector,
        tests=tests,
        columns=tuple(ordered),
    )


def _reason(counted: Sequence[ColumnResult], tests: int) -> str:
    worst = [result for result in counted if result.level is counted[0].level]
    if worst[0].level is Level.NONE:
        return f"none of {tests} tests on samples is significant"
    named = ", ".join(_said(result) for result in worst[:MOST_NAMED])
    more = f" and {len(worst) - MOST_NAMED} more" if len(worst) > MOST_NAMED else ""
    return f"{named}{more}; {tests} tests on samples"[:400]


def _said(result: ColumnResult) -> str:
    if result.p is None:
        return f"{shown(result.name)}: {shown(result.detail)}"
    return f"{shown(result.name)}: {shown(result.detail)}, effect {result.effect:.3f}, p {result.p:.2g}"
