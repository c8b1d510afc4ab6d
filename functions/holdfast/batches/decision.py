"""From a baseline and the counts of a batch to the verdict on it: pure.

A change counts as drift if (A) it is significant among all tests of the batch and its effect reaches the threshold, or
(B) the effect surely exceeds a lower floor: its simultaneous lower bound does. A alone wavers around its threshold and
cannot use a large batch; B alone is blind in a small one. Neither lets a million rows turn a trifle into drift.
"""

from collections.abc import Collection, Iterator, Sequence

from holdfast.batches.comparison import Measured, compared, correlated
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.statistics import holm
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.presence import broken, heeded, left_out, passes, present, told
from holdfast.batches.score import SHARE_OF_EFFECT, score
from holdfast.batches.sentence import reason
from holdfast.batches.verdict import SEVERITY, BatchAssessment, ColumnResult, Level

SURE_SHARE, SURE_MARGIN = 0.4, 0.03
MAIN = frozenset({"ks", "chi2"})
RANKS = frozenset({"rank_sum", "rank_spread"})


def assess(
    reference: Baseline,
    batch: Counts,
    policy: DriftPolicy,
    *,
    critical: Collection[str] = (),
    extra: Sequence[ColumnResult] = (),
) -> BatchAssessment:
    """Judge a batch against its reference; the loss of a critical column refuses it.

    `extra` is what expectations and the contract say of the batch: it takes part in level and reason, and what it says
    of a column's schema stands in place of what would be said here.
    """
    said = {result.name for result in extra if result.test == "schema"}
    shape = [one for one in present(reference, batch, critical) if one.test != "schema" or one.name not in said]
    results = [heeded(result, policy, critical) for result in (*extra, *shape)]
    refused = any(result.level is Level.QUARANTINED for result in results)
    if not refused and min(reference.rows, batch.rows) < policy.minimum_rows:
        return _too_few(reference, batch, policy, sorted(results, key=_rank))
    results += left_out(reference, batch, policy)
    tests = [] if refused else list(_tests(reference, batch, policy, critical))
    total = sum(test.share for test in tests)
    adjusted = holm([test.p for test in tests], [test.share for test in tests])
    for test, p in zip(tests, adjusted, strict=True):
        result = _weighed(test, p, policy.alpha * test.interval_share / total, policy)
        results.append(_lost(result, batch.columns[test.name], is_critical=test.name in critical))
    columns = sorted(_worth_telling(results), key=_rank)
    return _verdict(batch.rows, len(tests), columns, policy, None if refused else score(columns, reference, policy))


def _tests(reference: Baseline, batch: Counts, policy: DriftPolicy, critical: Collection[str]) -> Iterator[Measured]:
    """Give the tests of all columns; of one that is ignored, only whether a critical one has lost every value."""
    moved: dict[str, float] = {}
    for name, known in reference.columns.items():
        found = batch.columns.get(name)
        is_ignored = policy.of(name).ignore
        is_left = is_ignored and (name not in critical or (found is not None and found.n > 0))
        if found is None or is_left or broken(known, found) is not None:
            continue
        is_judged = not is_ignored and passes(name, reference, batch, policy) is None
        for test in compared(name, known, found):
            if test.test == "null_rate" or is_judged:
                yield test
            if test.test == "ks" and is_judged:
                moved[name] = test.effect
    yield from correlated(reference, batch, moved)


def _weighed(test: Measured, p_adjusted: float, alpha: float, policy: DriftPolicy) -> ColumnResult:
    column = policy.of(test.name)
    effect, share = column.effect or policy.effect, SHARE_OF_EFFECT[test.test]
    threshold, floor = round(effect * share, 12), sure_floor(effect) * max(1.0, share)
    lower, upper = test.bounds(alpha)
    level = Level.NOTICE if p_adjusted <= policy.alpha else Level.NONE
    if (level is Level.NOTICE and test.effect >= threshold) or (lower >= floor and test.test not in RANKS):
        level = Level.DRIFT if column.weight else Level.NOTICE
    measured = told(test.name, test.test, test.m, level, test.detail, effect=test.effect)
    numbers = {"lower": lower, "upper": upper, "p": test.p, "p_adjusted": p_adjusted, "threshold": threshold}
    return measured.model_copy(update={**numbers, "weight": column.weight, "distances": test.distances})


def sure_floor(effect: float) -> float:
    """Give what an effect must surely exceed to be drift: 0.03 less than the threshold, two fifths of it at least."""
    return max(effect * SURE_SHARE, effect - SURE_MARGIN)


def _worth_telling(results: Sequence[ColumnResult]) -> Iterator[ColumnResult]:
    """Leave out what found nothing, but for each column's main test, and rank tests that say no more than it does."""
    mains = {result.name: result.level for result in results if result.test in MAIN}
    for result in results:
        if result.test in RANKS:
            if SEVERITY.index(result.level) > SEVERITY.index(mains[result.name]):
                yield result
        elif result.p is None or result.test in MAIN or result.effect or result.level is not Level.NONE:
            yield result


def _lost(result: ColumnResult, found: CountedColumn, *, is_critical: bool) -> ColumnResult:
    """Call it drift, however large, if a column has surely lost every value; refuse the batch for a critical one."""
    if result.test != "null_rate" or result.level is Level.NONE or found.n:
        return result
    level = Level.QUARANTINED if is_critical else Level.DRIFT if result.weight else Level.NOTICE
    return result.model_copy(update={"level": level, "detail": f"no value is left: {result.detail}"[:300]})


def _rank(result: ColumnResult) -> tuple[int, float, bool, str, str]:
    """Put the worst first, and what the contract says before what follows from it."""
    beyond = result.effect / result.threshold if result.threshold else float("inf")
    return -SEVERITY.index(result.level), -beyond, result.test != "schema", result.name, result.test


def _too_few(reference: Baseline, batch: Counts, policy: DriftPolicy, shape: Sequence[ColumnResult]) -> BatchAssessment:
    few = "batch" if batch.rows < policy.minimum_rows else "reference"
    rows = min(reference.rows, batch.rows)
    plural = "row" if rows == 1 else "rows"
    said = f"the {few} has {rows:,} {plural}, expected at least {policy.minimum_rows:,}"
    return BatchAssessment(level=Level.NOT_ENOUGH_DATA, n=batch.rows, reason=said, columns=tuple(shape))


def _verdict(
    n: int, tests: int, columns: Sequence[ColumnResult], policy: DriftPolicy, departure: float | None
) -> BatchAssessment:
    counted = [result for result in columns if result.test != "not_judged"]
    level = counted[0].level if counted else Level.UNKNOWN
    if level is Level.NOTICE and any(result.level is Level.UNKNOWN for result in counted):
        level = Level.UNKNOWN  # a notice lets a batch pass: it may not hide what was not counted
    reached = None
    if departure is not None and policy.score is not None and departure >= policy.score:
        reached, level = policy.score, max(level, Level.DRIFT, key=SEVERITY.index)
    said = reason(level, columns, tests=tests, n=n, score=departure, reached=reached)
    return BatchAssessment(level=level, n=n, reason=said, tests=tests, score=departure, columns=tuple(columns))
