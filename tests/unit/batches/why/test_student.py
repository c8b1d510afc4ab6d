"""Student's tail and its inverse are scipy's."""

import pytest
from scipy.stats import t as student

from holdfast.batches.why.student import quantile, tail

FREEDOM = [*range(1, 12), 30, 57, 58]


@pytest.mark.parametrize("freedom", FREEDOM)
@pytest.mark.parametrize("t", [-40.0, -3.0, -0.5, 0.0, 0.1, 1.0, 2.5, 10.0, 100.0])
def test_the_tail_is_the_textbooks(t: float, freedom: int) -> None:
    assert tail(t, freedom) == pytest.approx(student.sf(t, freedom), abs=1e-14)


@pytest.mark.parametrize("freedom", FREEDOM)
@pytest.mark.parametrize("above", [0.4, 0.05, 0.01, 1e-4])
def test_the_quantile_is_the_textbooks(above: float, freedom: int) -> None:
    assert quantile(above, freedom) == pytest.approx(student.isf(above, freedom), rel=1e-10)
