"""Rank tests from counts agree with scipy on the values, find usual changes early, and keep their level."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.rank_tests import RankTest, rank_tests
from holdfast.batches.kernel.statistics import ks_distance, ks_p


def both(reference: Numbers, batch: Numbers, *, knots: int | None = None) -> tuple[RankTest, RankTest]:
    """Test two samples through their counts."""
    known = Distribution.of([reference], knots=knots)
    return rank_tests(known, known.count(batch), len(batch))


@pytest.mark.parametrize(("n", "m"), [(5, 3), (400, 90), (90, 4_000)])
def test_without_ties_both_equal_scipy(n: int, m: int) -> None:
    random = np.random.default_rng(n)
    reference, batch = random.standard_normal(n), random.standard_normal(m) * 1.1 + 0.1
    known = Distribution.of([np.concatenate([reference, batch])], knots=None)
    own = Distribution(known.knots, *known.count(reference))
    moved, spread = rank_tests(own, known.count(batch), m)
    expected = stats.mannwhitneyu(batch, reference, method="asymptotic", use_continuity=False)
    assert moved.p == pytest.approx(float(expected.pvalue), rel=1e-9, abs=1e-12)
    assert spread.p == pytest.approx(float(stats.mood(batch, reference).pvalue), rel=1e-9, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=2, max_size=80), st.data())
def test_with_ties_the_rank_sum_equals_scipy(reference: list[int], data: st.DataObject) -> None:
    batch = data.draw(st.lists(st.sampled_from(reference), min_size=1, max_size=60))
    moved, spread = both(np.array(reference), np.array(batch))
    if len(set(reference)) == 1:
        assert (moved.p, spread.p) == (1, 1)
        return
    expected = stats.mannwhitneyu(batch, reference, method="asymptotic", use_continuity=False)
    assert moved.p == pytest.approx(float(expected.pvalue), rel=1e-9, abs=1e-12)


def test_signs_say_which_way() -> None:
    random = np.random.default_rng(2)
    reference = random.standard_normal(5_000)
    for batch, signs in ((reference + 0.3, (1, None)), (reference * 1.5, (None, 1)), (reference * 0.7, (None, -1))):
        for test, sign in zip(both(reference, batch), signs, strict=True):
            assert sign is None or (math.copysign(1, test.z) == sign and test.p < 1e-6)


def test_fewer_knots_tell_nearly_the_same() -> None:
    random = np.random.default_rng(3)
    reference, batch = random.standard_normal(60_000), random.standard_normal(3_000) + 0.05
    for exact, coarse in zip(both(reference, batch), both(reference, batch, knots=4_096), strict=True):
        assert coarse.z == pytest.approx(exact.z, abs=0.02)


def test_a_shift_and_a_scale_are_found_where_the_largest_distance_is_not_enough() -> None:
    random, found = np.random.default_rng(4), {"ks": 0, "moved": 0, "spread": 0}
    reference = random.standard_normal(20_000)
    known = Distribution.of([reference], knots=None)
    for _ in range(60):
        for way, batch in (("moved", random.standard_normal(500) + 0.2), ("spread", random.standard_normal(500) * 1.2)):
            counts = known.count(batch)
            moved, spread = rank_tests(known, counts, 500)
            distance = ks_distance(known.below, known.at_most, known.n, counts[0], counts[1], 500)
            found[way] += (moved if way == "moved" else spread).p < 1e-4
            found["ks"] += ks_p(distance, known.n, 500) < 1e-4
    assert found["moved"] + found["spread"] > 1.5 * found["ks"]


def test_the_level_is_kept_with_ties_and_knots() -> None:
    random, alarms = np.random.default_rng(5), np.zeros(2)
    for _ in range(400):
        reference, batch = (np.round(random.standard_cauchy(rows), 1) for rows in (3_000, 300))
        alarms += [test.p < 0.05 for test in both(reference, batch, knots=256)]
    assert (alarms <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)).all()
