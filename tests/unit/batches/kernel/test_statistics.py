"""Tests and effects from counts agree with scipy on the values themselves."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.statistics import (
    absent_p,
    chi_square,
    half_width,
    holm,
    ks_distance,
    ks_p,
    outside_p,
    pooled,
    quantile,
    rate_bounds,
    total_variation,
    two_proportions_p,
    unseen_p,
)

COUNT_VECTORS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=40)
NUMBERS = st.one_of(
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=60),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60),
    st.lists(st.integers(-3, 3), min_size=1, max_size=60),
    st.lists(st.sampled_from([-math.inf, -0.0, 0.0, 1.5, math.inf]), min_size=1, max_size=60),
)


def drawn(kind: str, n: int, random: np.random.Generator) -> Numbers:
    """Draw values of one of the kinds that are easy to get wrong."""
    kinds = {
        "normal": lambda: random.standard_normal(n),
        "ties": lambda: np.round(random.standard_normal(n), 1),
        "small integers": lambda: random.poisson(9, n).astype(np.int64),
        "wide integers": lambda: random.integers(0, 2**40, n),
        "huge integers": lambda: random.integers(-(2**62), 2**62, n),
        "float32": lambda: random.standard_normal(n).astype(np.float32).astype(np.float64),
        "constant": lambda: np.full(n, 3.0),
        "booleans": lambda: (random.random(n) < 0.3).astype(np.int64),
        "heavy tails": lambda: random.standard_cauchy(n),
        "infinities": lambda: np.where(random.random(n) < 0.05, random.choice([-np.inf, np.inf], n), random.random(n)),
        "signed zeros": lambda: np.where(random.random(n) < 0.5, -0.0, 0.0),
    }
    values: Numbers = kinds[kind]()
    return values


def measured(reference: Numbers, parts: Sequence[Numbers]) -> tuple[float, float]:
    """Give D and p from counts of the parts of a batch."""
    known = Distribution.of([reference], knots=None)
    below, at_most = sum((known.count(part) for part in parts), known.nothing())
    m = sum(len(part) for part in parts)
    distance = ks_distance(known.below, known.at_most, known.n, below, at_most, m)
    return distance, ks_p(distance, known.n, m)


KINDS = ("normal", "ties", "small integers", "wide integers", "huge integers", "float32", "constant", "booleans",
         "heavy tails", "infinities", "signed zeros")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_ks_equals_scipy(kind: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    reference, batch = (drawn(kind, int(random.integers(2, 6_000)), random) for _ in range(2))
    if seed % 2 and kind not in ("huge integers", "signed zeros"):
        batch = batch + (1 if batch.dtype.kind == "i" else 0.1)
    distance, p = measured(reference, np.array_split(batch, int(random.integers(1, 6))))
    expected = stats.ks_2samp(reference, batch, method="asymp")
    assert distance == pytest.approx(expected.statistic, rel=0, abs=1e-12)
    assert p == pytest.approx(expected.pvalue, rel=0, abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, st.data())
def test_ks_equals_scipy_on_anything(reference: list[float], data: st.DataObject) -> None:
    whole = all(isinstance(value, int) for value in reference)
    batch = data.draw(st.lists(st.sampled_from(reference), min_size=1, max_size=60))
    first, second = (np.array(values, np.int64 if whole else np.float64) for values in (reference, batch))
    distance, p = measured(first, [second])
    expected = stats.ks_2samp(first, second, method="asymp")
    assert distance == pytest.approx(expected.statistic, rel=0, abs=1e-12)
    if len(first) * len(second) / (len(first) + len(second)) > 0.5:
        assert p == pytest.approx(expected.pvalue, rel=0, abs=1e-12)


def test_a_constant_is_no_different_from_itself() -> None:
    assert measured(np.full(5_000, 0.4), [np.full(700, 0.4)]) == (0.0, 1.0)


def test_nothing_to_compare_is_no_difference() -> None:
    empty = np.zeros(0, np.int64)
    assert ks_distance(empty, empty, 0, empty, empty, 0) == 0
    assert ks_p(0.5, 0, 10) == 1


def vectors(pairs: Sequence[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split pairs of counts into two vectors."""
    first, second = np.array(pairs, np.int64).T
    return first, second


@settings(max_examples=300, deadline=None)
@given(COUNT_VECTORS)
def test_chi_square_equals_scipy(pairs: list[tuple[int, int]]) -> None:
    first, second = vectors(pairs)
    kept = (first + second) > 0
    found = chi_square(first, second)
    if kept.sum() < 2 or not first.sum() or not second.sum():
        assert (found.p, found.v) == (1, 0)
        return
    table = np.array([first[kept], second[kept]])
    expected = stats.chi2_contingency(table, correction=False)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-12, abs=1e-12)
    assert found.freedom == expected.dof
    assert found.p == pytest.approx(expected.pvalue, rel=0, abs=1e-12)
    assert found.v == pytest.approx(stats.contingency.association(table, "cramer"), rel=1e-12, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(COUNT_VECTORS)
def test_total_variation_is_half_the_sum_of_differences(pairs: list[tuple[int, int]]) -> None:
    first, second = vectors(pairs)
    found = total_variation(first, second)
    if first.sum() and second.sum():
        assert found == pytest.approx(float(np.abs(first / first.sum() - second / second.sum()).sum()) / 2)
    assert 0 <= found <= 1 + 1e-12


def test_categories_frequent_enough_are_tested_as_they_stand() -> None:
    first, second = np.array([400, 300, 300]), np.array([90, 60, 50])
    assert [part.tolist() for part in pooled(first, second)] == [first.tolist(), second.tolist()]


@settings(max_examples=200, deadline=None)
@given(COUNT_VECTORS)
def test_pooling_moves_no_rows(pairs: list[tuple[int, int]]) -> None:
    first, second = vectors(pairs)
    for unseen in (0, 30):
        few, other = pooled(first, second, unseen=unseen)
        assert (few.sum(), other.sum(), len(few)) == (first.sum(), second.sum() + unseen, len(other))
        assert len(few) <= len(first) + 1


def test_what_the_first_sample_has_not_seen_stands_with_its_rarest() -> None:
    few, other = pooled(np.array([900, 90, 1, 1]), np.array([900, 90, 0, 2]), unseen=8)
    assert (few.tolist(), other.tolist()) == ([90, 900, 2], [90, 900, 10])


def test_one_row_of_a_rare_category_is_not_certain_drift() -> None:
    reference, batch = np.array([50_000, 49_950] + [1] * 50), np.array([250, 249] + [1] + [0] * 49)
    assert chi_square(reference, batch).p < 1e-3
    assert chi_square(*pooled(reference, batch)).p > 0.05


@pytest.mark.parametrize(
    ("hits", "n", "other", "m"), [(100, 5_000, 90, 1_200), (30, 60, 25, 60), (4_990, 5_000, 560, 600)]
)
def test_rates_of_large_samples_have_the_p_of_a_two_by_two_table(hits: int, n: int, other: int, m: int) -> None:
    expected = stats.chi2_contingency([[hits, n - hits], [other, m - other]], correction=False).pvalue
    if (hits + other) * m / (n + m) >= 5 and (n + m - hits - other) * m / (n + m) >= 5:
        assert two_proportions_p(hits, n, other, m) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 3_000), st.integers(1, 3_000), st.floats(0, 1), st.floats(0, 1))
def test_rates_agree_with_the_exact_or_the_z_test(n: int, m: int, share: float, other_share: float) -> None:
    hits, other = int(share * n), int(other_share * m)
    rare = min(hits + other, n + m - hits - other)
    found = two_proportions_p(hits, n, other, m)
    assert found == pytest.approx(two_proportions_p(other, m, hits, n), rel=1e-6, abs=1e-12)
    if not rare:
        assert found == 1
    elif rare * min(n, m) / (n + m) < 5:
        law = stats.hypergeom(n + m, hits + other, m)
        expected = min(1, 2 * min(law.cdf(other), law.sf(other - 1)))
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)
    else:
        expected = stats.chi2_contingency([[hits, n - hits], [other, m - other]], correction=False).pvalue
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_one_null_in_a_small_batch_is_not_certain_drift() -> None:
    assert 0.005 < two_proportions_p(0, 100_000, 1, 500) < 0.05


@pytest.mark.parametrize(("n", "m"), [(10_000, 500), (10_000, 2_000), (5_000, 5_000)])
def test_a_long_tail_brings_new_categories_by_chance(n: int, m: int) -> None:
    random, shares = np.random.default_rng(6), np.full(2_000, 1 / 2_000)
    alarms = 0
    for _ in range(200):
        reference, batch = random.multinomial(n, shares), random.multinomial(m, shares)
        once, twice = (int((reference == times).sum()) for times in (1, 2))
        alarms += unseen_p(once, twice, n, int(batch[reference == 0].sum()), m) < 0.01
    assert alarms <= 200 * 0.05


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=30))
def test_holm_is_the_textbook_step_down(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    for p, found in zip(p_values, adjusted, strict=True):
        ordered = sorted(p_values)
        steps = [(len(ordered) - at) * value for at, value in enumerate(ordered) if value <= p]
        assert found == pytest.approx(min(1.0, max(steps)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.1, 0.5, 1.0, 2.0])), min_size=1, max_size=20))
def test_holm_with_weights_steps_down_by_p_over_weight(tests: list[tuple[float, float]]) -> None:
    adjusted = holm([p for p, _ in tests], [weight for _, weight in tests])
    worst, left = 0.0, sum(weight for _, weight in tests)
    for at in sorted(range(len(tests)), key=lambda at: tests[at][0] / tests[at][1]):
        p, weight = tests[at]
        worst = max(worst, min(1.0, p / weight * left))
        left -= weight
        assert adjusted[at] == pytest.approx(worst, abs=1e-9)


def test_equal_weights_are_plain_holm() -> None:
    p_values = [0.001, 0.2, 0.03, 0.0005]
    assert holm(p_values, [0.3] * 4) == pytest.approx(holm(p_values))


@pytest.mark.parametrize("weights", [[1.0] * 20, [0.05] * 10 + [1.5] * 10])
def test_any_alarm_by_weighted_holm_is_as_rare_as_its_level(weights: list[float]) -> None:
    random = np.random.default_rng(12)
    alarms = sum(min(holm(random.random(20).tolist(), weights)) <= 0.05 for _ in range(2_000))
    assert alarms <= 2_000 * 0.05 + 3 * math.sqrt(2_000 * 0.05)


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 60), st.integers(1, 60), st.data())
def test_values_outside_the_reference_have_the_chance_that_all_orders_give(n: int, m: int, data: st.DataObject) -> None:
    outside = data.draw(st.integers(0, m))
    ways = [(few + 1) * math.comb(n + m - few - 2, n - 2) for few in range(outside, m + 1)]
    assert outside_p(outside, n, m) == pytest.approx(sum(ways) / math.comb(n + m, n), rel=1e-9)


def test_one_value_knows_no_range_and_an_empty_reference_none_at_all() -> None:
    assert outside_p(5, 1, 9) == pytest.approx(1)
    assert outside_p(5, 0, 9) == 1
    assert outside_p(900, 100_000, 1_000) == pytest.approx(0, abs=1e-300)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_an_absent_category_has_fishers_chance(n: int, m: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    expected = stats.hypergeom.pmf(0, n + m, count, m)
    assert absent_p(count, n, m) == pytest.approx(float(expected), rel=1e-8, abs=1e-300)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.2, 1e-5, 0.0]))
def test_bounds_of_two_rates_hold_their_difference_and_mirror(
    n: int, m: int, share: float, other: float, alpha: float
) -> None:
    hits, other_hits = int(share * n), int(other * m)
    low, high = rate_bounds(hits, n, other_hits, m, alpha=alpha)
    assert -1 - 1e-9 <= low <= other_hits / m - hits / n <= high <= 1 + 1e-9
    assert rate_bounds(other_hits, m, hits, n, alpha=alpha) == pytest.approx((-high, -low))


def test_bounds_of_two_rates_are_newcombes() -> None:
    assert rate_bounds(48, 80, 56, 70, alpha=0.05) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert rate_bounds(0, 10, 10, 10, alpha=0.05) == pytest.approx((0.6075, 1.0), abs=5e-5)


def test_bounds_of_two_rates_hold_as_often_as_they_say() -> None:
    random, missed = np.random.default_rng(13), 0
    for _ in range(2_000):
        low, high = rate_bounds(
            int(random.binomial(5_000, 0.01)), 5_000, int(random.binomial(400, 0.04)), 400, alpha=0.05
        )
        missed += not low <= 0.03 <= high
    assert missed <= 2_000 * 0.06


def test_a_quantile_is_a_normal_deviates_however_far_out() -> None:
    assert quantile(0.05) == pytest.approx(1.959964, abs=1e-6)
    assert 30 < quantile(0.0) < 40


def test_a_bound_holds_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    for shares in ([0.5, 0.5], [0.1] * 10):
        width = half_width(2_000, 500, alpha=0.1, tests=1, categories=len(shares))
        draws = [(random.multinomial(2_000, shares), random.multinomial(500, shares)) for _ in range(400)]
        assert np.mean([total_variation(first, second) > width for first, second in draws]) <= 0.1


def test_many_categories_overflow_no_bound() -> None:
    assert math.isfinite(half_width(100_000, 100_000, alpha=0.01, tests=60, categories=20_000))
