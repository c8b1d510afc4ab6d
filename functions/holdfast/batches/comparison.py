"""One column of a batch beside the reference's: which tests there are, and what each measures. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints, Kind
from holdfast.batches.kernel.correlation import PairChange, changed_pairs
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.distances import deciles, jensen_shannon, stability_index, wasserstein
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.rank_tests import rank_tests
from holdfast.batches.kernel.statistics import (
    absent_p,
    chi_square,
    half_width,
    ks_distance,
    ks_p,
    outside_p,
    pooled,
    rate_bounds,
    total_variation,
    two_proportions_p,
    unseen_p,
)
from holdfast.batches.logical import logical
from holdfast.batches.verdict import Distances, Test, shown

SURPRISING = 0.05
MOST_VANISHED = 1_000
FEWEST_VALUES, LARGEST_ATOM = 100, 0.1
SHARE_OF_ALPHA: Mapping[Test, float] = {
    "ks": 0.3,
    "rank_sum": 0.5,
    "rank_spread": 0.2,
    "chi2": 1.5,
    "null_rate": 0.05,
    "new_categories": 0.05,
    "vanished_categories": 0.05,
    "range": 0.05,
    "rank_correlation": 0.05,
}
ONE_EFFECT: Mapping[Test, float] = dict.fromkeys(("ks", "rank_sum", "rank_spread"), 1.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one test says of one column: rows of the reference and of the batch, effect and p.

    `ways` counts the categories whose shares make up the effect: two for a rate or a distribution function. `alone`
    is a test of a distribution that no other stands beside; `rates` are the rows behind an effect that is a
    difference of two rates.
    """

    name: str
    test: Test
    n: int
    m: int
    effect: float
    p: float
    detail: str
    ways: int = 2
    pair: PairChange | None = None
    distances: Distances | None = None
    alone: bool = False
    rates: tuple[int, int] | None = None

    @property
    def share(self) -> float:
        """Say which part of the level the test may use, beside the others: what cannot be seen otherwise has most."""
        return 1.0 if self.alone else SHARE_OF_ALPHA[self.test]

    @property
    def interval_share(self) -> float:
        """Say which part of the level the interval may use; the tests of a distribution share one effect."""
        return ONE_EFFECT.get(self.test, self.share)

    def bounds(self, alpha: float) -> tuple[float, float]:
        """Give what the effect may truly be, with probability 1 - alpha."""
        if self.pair is not None:
            return self.pair.bounds(alpha)
        if self.rates is not None:
            low, high = rate_bounds(self.rates[0], self.n, self.rates[1], self.m, alpha=alpha)
            nearest = max(0.0, low, -high) if self.effect else 0.0
            return min(nearest, self.effect), max(abs(low), abs(high), self.effect)
        reach = half_width(self.n, self.m, alpha=alpha, categories=self.ways)
        return max(0.0, self.effect - reach), min(1.0, self.effect + reach)


def compared(name: str, reference: BaselineColumn, batch: CountedColumn) -> Iterator[Measured]:
    """Run every test that can tell a difference between the two, also where it plainly finds none.

    Which tests there are must not depend on what the batch looks like: they share one level.
    """
    if batch.n and reference.n and batch.counts is not None:
        if isinstance(reference.values, Distribution):
            yield from _distribution(name, reference, reference.values, batch)
            yield _range(name, reference.values, batch)
        elif isinstance(reference.values, Categories):
            yield from _categories(name, reference.values, batch)
    if reference.n + reference.missing and batch.n + batch.missing:
        yield _missing(name, reference, batch)


def correlated(reference: Baseline, batch: Counts, moved: Mapping[str, float]) -> Iterator[Measured]:
    """Hold the rank correlations of the columns of `moved`, with their own effects, against the reference's."""
    if reference.joint is None or batch.joint is None:
        return
    apart = {name: _apart(reference.columns[name], batch.columns[name]) for name in moved}
    for name, pair in changed_pairs(reference.joint, batch.joint, moved, apart).items():
        detail = f"rank correlation with {shown(pair.other)} {pair.before:+.2f} before, {pair.now:+.2f} now"
        yield Measured(name, "rank_correlation", pair.n, pair.m, pair.size, pair.p, detail, pair=pair)


def _apart(reference: BaselineColumn, batch: CountedColumn) -> tuple[float, float]:
    """Give the share of values that differ from the most frequent one, in the reference and in the batch."""
    if not isinstance(reference.values, Distribution) or batch.counts is None:
        return 1.0, 1.0
    sides = ((reference.values.below, reference.values.at_most, reference.n), (*batch.counts, batch.n))
    before, now = (1 - int((at_most - below).max(initial=0)) / max(1, n) for below, at_most, n in sides)
    return before, now


def _distribution(
    name: str, column: BaselineColumn, reference: Distribution, batch: CountedColumn
) -> Iterator[Measured]:
    """Test the distribution in one way, or three if its values are many; how large the change is, is one and the same.

    The rank tests find a usual change in fewer rows. Columns of few values are spared them: such are codes and parts of
    the calendar, whose rows come in blocks, and a sharper test would only sooner call the calendar drift.
    """
    n, m, alone = reference.n, batch.n, not _has_many_values(reference)
    reference, counts = _as_counted(reference, batch)
    distance = ks_distance(reference.below, reference.at_most, n, counts[0], counts[1], m)
    detail = _direction(reference, m, counts[0], counts[1]) if distance else "the values are spread as in the reference"
    apart = _distances(column, reference, batch, counts)
    yield Measured(name, "ks", n, m, distance, ks_p(distance, n, m), detail, distances=apart, alone=alone)
    if not alone:
        moved, spread = rank_tests(reference, counts, m)
        size = "larger" if moved.z > 0 else "smaller"
        yield Measured(name, "rank_sum", n, m, distance, moved.p, f"{size} values on the whole: {detail}")
        width = "further from" if spread.z > 0 else "closer to"
        yield Measured(name, "rank_spread", n, m, distance, spread.p, f"values {width} the middle: {detail}")


def _as_counted(reference: Distribution, batch: CountedColumn) -> tuple[Distribution, Ints]:
    """Give a reference of integers as one of floats if the batch's numbers were counted as floats, and the counts.

    Beyond 2**53 knots may be one and the same float; whatever lies there is then told apart on neither side.
    """
    counts = batch.counts if batch.counts is not None else reference.nothing()
    now = logical(batch.type)
    kind = "f" if now.form in ("float", "decimal") else "u" if now.word == "uint64" else "i"
    if reference.knots.dtype.kind in ("f", kind):
        return reference, counts
    knots = reference.knots.astype(np.float64)
    first = np.flatnonzero(np.diff(knots, prepend=-np.inf) > 0)
    last = np.append(first[1:], len(knots)) - 1
    return Distribution(knots[first], reference.below[first], reference.at_most[last]), counts[:, first]


def _has_many_values(reference: Distribution) -> bool:
    atoms = reference.at_most - reference.below
    return len(atoms) >= FEWEST_VALUES and int(np.max(atoms)) <= LARGEST_ATOM * reference.n


def _distances(column: BaselineColumn, reference: Distribution, batch: CountedColumn, counts: Ints) -> Distances:
    first, second = deciles(reference, counts[1], batch.n)
    area = None
    if column.kind is Kind.NUMBER:
        area = wasserstein(reference, counts, batch.n, before=column.moments, now=batch.moments)
    return Distances(
        psi=stability_index(first, second),
        jensen_shannon=jensen_shannon(first, second),
        wasserstein=None if area is None else area.value,
        wasserstein_error=None if area is None else area.error,
    )


def _direction(reference: Distribution, n: int, below: Ints, at_most: Ints) -> str:
    here = np.concatenate([below, at_most]) / n
    there = np.concatenate([reference.below, reference.at_most]) / reference.n
    at = int(np.argmax(np.abs(here - there)))
    size = "smaller" if here[at] > there[at] else "larger"
    return f"{size} values: {here[at]:.1%} lie up to a point where {there[at]:.1%} did"


def _range(name: str, reference: Distribution, batch: CountedColumn) -> Measured:
    below, at_most = batch.counts if batch.counts is not None else reference.nothing()
    n, m, under, over = reference.n, batch.n, int(below[0]), batch.n - int(at_most[-1])
    expected = 2 / (n + 1)
    surplus = max(0.0, (under + over) / m - expected)
    detail = f"{under / m:.2%} of rows below the reference's least value, {over / m:.2%} above its greatest"
    rates = min(2, n), under + over
    return Measured(name, "range", n, m, surplus, outside_p(under + over, n, m), detail, rates=rates)


def _categories(name: str, reference: Categories, batch: CountedColumn) -> Iterator[Measured]:
    counts: Ints = reference.nothing() if batch.counts is None else batch.counts
    known = np.append(reference.counts, 0)
    n, m, unseen = reference.n, batch.n, int(counts[-1])
    moved, distinct = total_variation(known, counts), int(np.count_nonzero(known + counts))
    kinds = "categories" if reference.labels is not None else "hashed groups of categories"
    detail = f"{moved:.1%} of rows moved among {distinct:,} {kinds}"
    p = chi_square(*pooled(reference.counts, counts[:-1], unseen=unseen)).p
    first, second = known / n, counts / m
    apart = Distances(psi=stability_index(first, second), jensen_shannon=jensen_shannon(first, second))
    yield Measured(name, "chi2", n, m, moved, p, detail, max(2, distinct), distances=apart)
    if reference.labels is not None:
        yield _new(name, reference, unseen, m)
        yield _vanished(name, reference, counts[:-1], m)


def _new(name: str, reference: Categories, unseen: int, m: int) -> Measured:
    n, expected = reference.n, reference.occurring(1)
    surplus = max(0.0, unseen / m - expected / n)
    detail = f"{unseen / m:.2%} of rows are in categories the reference does not have, {expected / n:.2%} are expected"
    p = unseen_p(expected, reference.occurring(2), n, unseen, m) if surplus else 1.0
    return Measured(name, "new_categories", n, m, surplus, p, detail, rates=(expected, unseen))


def _vanished(name: str, reference: Categories, counts: Ints, m: int) -> Measured:
    """Hold against the batch what it has none of: categories too frequent to be absent by chance, of all there are."""
    n, gone = reference.n, np.sort(reference.counts[(counts == 0) & (reference.counts > 0)])[::-1]
    ways = max(2, int(np.count_nonzero(reference.counts)))
    p = [min(1.0, ways * absent_p(count, n, m)) for count in gone.tolist()[:MOST_VANISHED]]
    surely = gone[: sum(one <= SURPRISING for one in p)]
    share = int(surely.sum()) / n
    plural = "category" if len(surely) == 1 else "categories"
    detail = f"no row of {len(surely):,} {plural} that had {share:.2%} of the reference's"
    return Measured(name, "vanished_categories", n, m, share, p[0] if len(surely) else 1.0, detail, ways)


def _missing(name: str, reference: BaselineColumn, batch: CountedColumn) -> Measured:
    n, m = reference.n + reference.missing, batch.n + batch.missing
    before, now = reference.missing / n, batch.missing / m
    detail = f"missing {before:.2%} before, {now:.2%} now (null {batch.nulls / m:.2%}, NaN {batch.nans / m:.2%})"
    p = two_proportions_p(reference.missing, n, batch.missing, m)
    rates = reference.missing, batch.missing
    return Measured(name, "null_rate", n, m, abs(before - now), p, detail, rates=rates)
