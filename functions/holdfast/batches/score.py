"""How far a batch departs as a whole: one number from its columns, by their weights. Pure."""

from collections.abc import Mapping, Sequence

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import ColumnResult, Level, Test, called

SHARE_OF_EFFECT: Mapping[Test, float] = {
    "ks": 1.0,
    "rank_sum": 1.0,
    "rank_spread": 1.0,
    "chi2": 1.0,
    "null_rate": 0.5,
    "new_categories": 0.2,
    "vanished_categories": 0.2,
    "range": 0.2,
    "rank_correlation": 2.0,
}


def score(columns: Sequence[ColumnResult], reference: Baseline, policy: DriftPolicy) -> float | None:
    """Give how far the batch as a whole departs, from 0 to 1: the mean of its columns' changes by their weights.

    A column's change is the largest of its significant effects, each in the unit of a distance of distributions (a
    rise of nulls counts double, new categories five times, a correlation half, as their thresholds do), 1 at most; what
    cannot be told from noise is 0, and a lost column 1. Columns that are ignored or not judged have no part in it;
    `None` if none is left.
    """
    names = {called(name): name for name in reference.columns if not policy.of(name).ignore}
    changes = dict.fromkeys(names, 0.0)
    told = {result.name for result in columns if result.test in SHARE_OF_EFFECT or result.test == "schema"}
    for result in columns:
        if result.test == "not_judged" and result.name not in told:
            changes.pop(result.name, None)
        elif result.name in changes and result.level in (Level.NOTICE, Level.DRIFT) and result.test != "expectation":
            change = result.effect / SHARE_OF_EFFECT.get(result.test, 1.0)
            changes[result.name] = max(changes[result.name], min(1.0, change))
    weights = {name: policy.of(names[name]).weight for name in changes}
    total = sum(weights.values())
    return sum(weights[name] * change for name, change in changes.items()) / total if total else None
