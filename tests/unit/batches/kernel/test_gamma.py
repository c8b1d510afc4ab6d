"""The incomplete gamma function agrees with scipy's where chi-square needs it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from holdfast.batches.kernel.gamma import upper_gamma


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 31, 32, 39, 199, 1_000, 9_999])
@pytest.mark.parametrize("ratio", [0.001, 0.3, 0.9, 0.999, 1.0, 1.001, 1.1, 2, 5, 20])
def test_it_agrees_with_scipy(freedom: int, ratio: float) -> None:
    x = freedom * ratio / 2
    assert upper_gamma(freedom / 2, x) == pytest.approx(float(special.gammaincc(freedom / 2, x)), rel=1e-9, abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 2_000), st.floats(0, 4_000))
def test_it_agrees_with_scipy_anywhere(freedom: int, statistic: float) -> None:
    expected = float(special.gammaincc(freedom / 2, statistic / 2))
    assert upper_gamma(freedom / 2, statistic / 2) == pytest.approx(expected, rel=0, abs=1e-12)
