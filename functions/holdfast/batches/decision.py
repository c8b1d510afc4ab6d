"""From a baseline and the counts of a batch to the verdict on it: pure.

A change counts as drift if (A) it is significant among all tests of the batch and its effect reaches the threshold, or
(B) the effect surely exceeds a lower floor: its simultaneous lower bound does. A alone wavers around its threshold and
cannot use a large batch; B alone is blind in a small one. Neither lets a million rows turn a trifle into drift.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from holdfast.batches.comparison import Measured, compared
from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.statistics import half_width, holm
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import NAME_LENGTH, SEVERITY, BatchAssessment, ColumnResult, Level, Test, shown

SHARE_OF_EFFECT: Mapping[Test, float] = {"ks": 1.0, "chi2": 1.0, "null_rate": 0.5, "new_categories": 0.2}
SURE_SHARE = 0.4
MOST_NAMED = 3


def assess(
    reference: Baseline, batch: Counts, policy: DriftPolicy, *, critical: Collection[str] = ()
) -> BatchAssessment:
    """Judge a batch against its reference; the loss of a critical column refuses it."""
    results = list(_shape(reference, batch, critical))
    refused = any(result.level is Level.QUARANTINED for result in results)
    if not refused and min(reference.rows, batch.rows) < policy.minimum_rows:
        return _too_few(reference, batch, policy, results)
    tests = [] if refused else list(_tests(reference, batch))
    adjusted = holm([test.p for test in tests])
    for test, p in zip(tests, adjusted, strict=True):
        result = _weighed(test, p, len(tests), policy)
        results.append(_lost(result, batch.columns[test.name], is_critical=test.name in critical))
    return _verdict(batch.rows, len(tests), sorted(results, key=_rank))


def _shape(reference: Baseline, batch: Counts, critical: Collection[str]) -> Iterator[ColumnResult]:
    """Say which columns are missing, new, of another type, or of a type that is not compared."""
    wanted = [*reference.columns, *(name for name in critical if name not in reference.columns)]
    for name in wanted:
        known, found = reference.columns.get(name), batch.columns.get(name)
        if (broken := _broken(known, found)) is not None:
            level = Level.QUARANTINED if name in critical else Level.DRIFT
            yield _said(name, "schema", batch.rows, level, broken, effect=1.0)
        elif known is not None and found is not None and (why := _incomparable(known, found)) is not None:
            yield _said(name, "not_judged", found.n, Level.UNKNOWN, why)
    for name in batch.columns:
        if name not in wanted:
            yield _said(name, "schema", batch.rows, Level.NOTICE, "a column the reference does not have")
        elif name not in reference.columns:
            yield _said(name, "not_judged", batch.rows, Level.UNKNOWN, "the reference does not have this column")


def _broken(known: BaselineColumn | None, found: CountedColumn | None) -> str | None:
    if found is None:
        return "missing from the batch"
    if known is None or known.kind is found.kind or Kind.EMPTY in (known.kind, found.kind):
        return None
    return f"{shown(found.type)}, expected {known.kind} as {shown(known.type)}"


def _incomparable(known: BaselineColumn, found: CountedColumn) -> str | None:
    if Kind.NESTED in (known.kind, found.kind):
        return f"values of type {shown(found.type)} are not compared, only whether they are there"
    empty = [side for side, column in (("reference", known), ("batch", found)) if not column.n]
    return f"no value in the {' and the '.join(empty)} to compare" if empty else None


def _tests(reference: Baseline, batch: Counts) -> Iterator[Measured]:
    for name, known in reference.columns.items():
        found = batch.columns.get(name)
        if found is not None and _broken(known, found) is None:
            yield from compared(name, known, found)


def _weighed(test: Measured, p_adjusted: float, tests: int, policy: DriftPolicy) -> ColumnResult:
    threshold = policy.effect * SHARE_OF_EFFECT[test.test]
    lower = max(0.0, test.effect - half_width(test.n, test.m, alpha=policy.alpha, tests=tests, categories=test.ways))
    level = Level.NOTICE if p_adjusted <= policy.alpha else Level.NONE
    if (level is Level.NOTICE and test.effect >= threshold) or lower >= policy.effect * SURE_SHARE:
        level = Level.DRIFT
    measured = _said(test.name, test.test, test.m, level, test.detail, effect=test.effect)
    weights = {"lower": lower, "p": test.p, "p_adjusted": p_adjusted, "threshold": threshold}
    return measured.model_copy(update=weights)


def _lost(result: ColumnResult, found: CountedColumn, *, is_critical: bool) -> ColumnResult:
    """Call it drift, however large, if a column has surely lost every value; refuse the batch for a critical one."""
    if result.test != "null_rate" or result.level is Level.NONE or found.n:
        return result
    level = Level.QUARANTINED if is_critical else Level.DRIFT
    return result.model_copy(update={"level": level, "detail": f"no value is left: {result.detail}"})


def _said(name: str, test: Test, n: int, level: Level, detail: str, *, effect: float = 0.0) -> ColumnResult:
    return ColumnResult(name=name[:NAME_LENGTH], test=test, n=n, effect=effect, level=level, detail=detail[:300])


def _rank(result: ColumnResult) -> tuple[int, float, str, str]:
    beyond = result.effect / result.threshold if result.threshold else float("inf")
    return -SEVERITY.index(result.level), -beyond, result.name, result.test


def _too_few(reference: Baseline, batch: Counts, policy: DriftPolicy, shape: Sequence[ColumnResult]) -> BatchAssessment:
    few = "batch" if batch.rows < policy.minimum_rows else "reference"
    rows = min(reference.rows, batch.rows)
    reason = f"the {few} has {rows:,} rows, expected at least {policy.minimum_rows:,}"
    return BatchAssessment(level=Level.NOT_ENOUGH_DATA, n=batch.rows, reason=reason, columns=tuple(shape))


def _verdict(n: int, tests: int, columns: Sequence[ColumnResult]) -> BatchAssessment:
    counted = [result for result in columns if result.test != "not_judged"]
    if not counted:
        level, reason = Level.UNKNOWN, "no column of the reference can be compared"
    else:
        level = counted[0].level
        reason = _reason(level, [result for result in counted if result.level is level], tests)
    untold = len({result.name for result in columns} - {result.name for result in counted})
    if untold and counted:
        reason += f"; {untold} not judged"
    return BatchAssessment(level=level, n=n, reason=reason, tests=tests, columns=tuple(columns))


def _reason(level: Level, worst: Sequence[ColumnResult], tests: int) -> str:
    names = {result.name: None for result in worst}
    if level is Level.NONE:
        return f"no significant change in {len(names)} columns by {tests} tests"
    first = [next(result for result in worst if result.name == name) for name in list(names)[:MOST_NAMED]]
    said = ", ".join(_briefly(result) for result in first)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    words = {Level.NOTICE: "small changes in", Level.DRIFT: "drift in", Level.QUARANTINED: "refused for"}
    return f"{words[level]} {said}{more}"[:360]


def _briefly(result: ColumnResult) -> str:
    if result.test == "schema" or result.level is Level.QUARANTINED:
        return f"{shown(result.name)} ({result.detail[:60]})"
    if result.p is None:
        return shown(result.name)
    return f"{shown(result.name)} ({_EFFECT[result.test]} {result.effect:.3f})"


_EFFECT: Mapping[Test, str] = {"ks": "distance", "chi2": "moved", "null_rate": "missing", "new_categories": "new"}
