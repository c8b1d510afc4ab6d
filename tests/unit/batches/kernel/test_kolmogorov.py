"""The null distribution agrees with scipy's in every regime, and at their borders."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from holdfast.batches.kernel.kolmogorov import survival

SMALL = (1, 2, 3, 5, 10, 30, 139, 140, 141, 900)
LARGE = (5_000, 47_619, 50_000, 50_001, 90_909, 100_000, 100_001, 250_000)
BORDERS = (0.4, 0.9, 1.47, 1.49, 1.9, 1.99, 2.01, 3.5, 3.7, 20)


@pytest.mark.parametrize("n", [*SMALL, *LARGE])
def test_every_regime_agrees_with_scipy(n: int) -> None:
    for scaled in np.linspace(0.05, 20, 160) if n in SMALL else BORDERS:
        distance = float(scaled / math.sqrt(n))
        assert survival(distance, n) == pytest.approx(float(stats.kstwo.sf(distance, n)), rel=0, abs=1e-12)


@pytest.mark.parametrize("n", [2, 7, 60, 140, 300])
def test_distances_of_small_samples_fall_on_steps(n: int) -> None:
    for step in range(n + 1):
        assert survival(step / n, n) == pytest.approx(float(stats.kstwo.sf(step / n, n)), rel=0, abs=1e-12)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 20_000), st.floats(0, 1))
def test_any_distance_of_any_sample_agrees_with_scipy(n: int, distance: float) -> None:
    assert survival(distance, n) == pytest.approx(float(stats.kstwo.sf(distance, n)), rel=0, abs=1e-12)


def test_a_larger_distance_is_never_more_likely() -> None:
    for n in (50, 1_000, 60_000, 2_000_000):
        tail = [survival(float(scaled / math.sqrt(n)), n) for scaled in np.linspace(0.3, 5, 60)]
        assert all(after <= before + 1e-7 for before, after in pairwise(tail))


def test_a_sample_too_large_for_scipys_sum_keeps_its_asymptote() -> None:
    for scaled in (0.8, 1.2, 1.6, 2.5):
        distance = scaled / math.sqrt(5_000_000)
        assert survival(distance, 5_000_000) == pytest.approx(float(stats.kstwobign.sf(scaled)), abs=2e-4)
