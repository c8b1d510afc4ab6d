"""Distances from counts are those of the values, within the error that is stated."""

import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.distances import Estimate, deciles, jensen_shannon, stability_index, wasserstein
from holdfast.batches.kernel.numeric import Distribution

FINITE = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
SHARES = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=2, max_size=12)


def area(reference: Numbers, batch: Numbers, *, knots: int | None = None) -> Estimate | None:
    """Give the area between two samples' distribution functions through a baseline and counts."""
    baseline = Baseline.of(pa.table({"x": reference}), knots=knots)
    counted, known = Counts.of(baseline, pa.table({"x": batch})).columns["x"], baseline.columns["x"]
    assert isinstance(known.values, Distribution)
    assert counted.counts is not None
    return wasserstein(known.values, counted.counts, counted.n, before=known.moments, now=counted.moments)


@settings(max_examples=200, deadline=None)
@given(st.lists(FINITE, min_size=1, max_size=60), st.lists(FINITE, min_size=1, max_size=60), st.sampled_from([None, 4]))
def test_the_area_is_scipys_within_the_stated_error(
    reference: list[float], batch: list[float], knots: int | None
) -> None:
    found = area(np.array(reference), np.array(batch), knots=knots)
    assert found is not None
    truth = stats.wasserstein_distance(reference, batch)
    assert abs(found.value - truth) <= found.error + 1e-9 * max(1.0, abs(truth))


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.3, 1.0), (0.0, 1.4), (12.0, 1.0), (-12.0, 1.0)])
def test_the_stated_error_is_small_at_the_usual_knots(shift: float, scale: float) -> None:
    random = np.random.default_rng(1)
    reference, batch = random.standard_normal(50_000), random.standard_normal(5_000) * scale + shift
    found = area(reference, batch, knots=4_096)
    assert found is not None
    assert abs(found.value - stats.wasserstein_distance(reference, batch)) <= found.error + 1e-9
    assert found.error < 0.01 * max(1.0, found.value)


def test_an_infinite_or_unbounded_area_is_not_told() -> None:
    assert area(np.array([1.0, math.inf]), np.array([1.0, 2.0])) is None
    assert area(np.array([1.0, 2.0]), np.array([1.0, math.inf])) is None
    assert area(np.array([-1.7e308, 1.7e308]), np.array([0.0])) is None
    known = Distribution.of([np.array([1.0, 2.0])], knots=None)
    assert wasserstein(known, known.count(np.array([5.0])), 1, before=None, now=None) is None


def test_a_constant_is_no_way_from_itself_and_its_distance_from_another() -> None:
    assert area(np.full(50, 2.5), np.full(9, 2.5)) == (0, 0)
    found = area(np.full(50, 2.5), np.full(9, 4.0))
    assert found is not None
    assert found.value == pytest.approx(1.5, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(SHARES)
def test_jensen_shannon_is_scipys_squared_distance_in_bits(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs, np.float64).T
    if not first.sum() or not second.sum():
        return
    expected = float(jensenshannon(first, second, base=2)) ** 2
    assert jensen_shannon(first / first.sum(), second / second.sum()) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_stability_index_of_ten_percent_moved_is_known() -> None:
    first, second = np.array([0.5, 0.5]), np.array([0.4, 0.6])
    assert stability_index(first, second) == pytest.approx(0.1 * math.log(0.5 / 0.4) + 0.1 * math.log(0.6 / 0.5))
    assert stability_index(first, first) == 0
    assert math.isfinite(stability_index(np.array([1.0, 0.0]), np.array([0.0, 1.0])))


@pytest.mark.parametrize("values", ["normal", "ties"])
def test_deciles_hold_the_values_between_them(values: str) -> None:
    random = np.random.default_rng(7)
    reference, batch = random.standard_normal(9_999), random.standard_normal(700) + 0.2
    if values == "ties":
        reference, batch = np.round(reference), np.round(batch)
    known = Distribution.of([reference], knots=512)
    first, second = deciles(known, known.count(batch)[1], len(batch))
    assert (first.sum(), second.sum()) == (pytest.approx(1), pytest.approx(1))
    assert len(first) <= 10
    if values == "normal":
        edges = np.concatenate(
            [[-np.inf], np.quantile(reference, np.arange(0.1, 1, 0.1), method="inverted_cdf"), [np.inf]]
        )
        expected = [((batch > low) & (batch <= high)).mean() for low, high in pairwise(edges)]
        assert second == pytest.approx(np.array(expected), abs=0.01)
