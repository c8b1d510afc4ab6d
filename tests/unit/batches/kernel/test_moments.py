"""Moments are the same bits whatever the split, and as exact as they say."""

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.moments import Grid, Moments
from holdfast.batches.kernel.numeric import Distribution
from holdfast.shared.errors import ContractError

FLOATS = st.one_of(
    st.floats(allow_nan=False),
    st.floats(-100, 100).map(lambda value: round(value, 1)),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 1e16, math.inf]),
)
ANY = st.one_of(
    st.lists(FLOATS, max_size=60).map(lambda values: np.array(values, np.float64)),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=60).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(2**62, 2**62 + 99), max_size=60).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(0, 2**64 - 1), max_size=60).map(lambda values: np.array(values, np.uint64)),
    st.lists(st.integers(-9, 9), max_size=60).map(lambda values: np.array(values, np.int64)),
)


def taken(reference: Numbers, *parts: Numbers) -> Moments:
    """Take the moments of parts on the grid of a reference."""
    known = Distribution.of([reference], knots=None)
    found = known.nothing_tallied().moments
    for part in parts:
        found = found + known.tally(part).moments
    return found


def exact(values: Numbers) -> tuple[Fraction, float]:
    """Give mean and standard deviation as the definitions say, of finite values."""
    finite = [Fraction(value) for value in values.tolist() if math.isfinite(value)]
    mean = sum(finite, Fraction(0)) / len(finite)
    square = sum(((value - mean) ** 2 for value in finite), Fraction(0)) / len(finite)
    return mean, float(Fraction(math.isqrt(int(square * 2**5_000)), 2**2_500))


@settings(max_examples=400, deadline=None)
@given(ANY, ANY, st.lists(st.integers(0, 60), max_size=4), st.randoms())
def test_any_split_in_any_order_gives_the_same_bits(
    reference: Numbers, batch: Numbers, cuts: list[int], random: Random
) -> None:
    shuffled = batch[random.sample(range(len(batch)), len(batch))]
    assert taken(reference, *np.split(shuffled, sorted(cuts))) == taken(reference, batch)


@settings(max_examples=200, deadline=None)
@given(ANY, ANY)
@example(np.array([2.24711642e307]), np.array([np.inf]))
def test_without_an_order_they_are_the_same_bits(reference: Numbers, batch: Numbers) -> None:
    known = Distribution.of([reference], knots=None)
    assert known.moments_of(batch) == known.tally(batch).moments


@settings(max_examples=400, deadline=None)
@given(ANY, ANY)
def test_they_are_as_exact_as_they_say(reference: Numbers, batch: Numbers) -> None:
    found = taken(reference, batch)
    finite = [value for value in batch.tolist() if math.isfinite(value)]
    least, greatest = min(finite, default=None), max(finite, default=None)
    assert (found.n, found.minimum, found.maximum) == (len(finite), least, greatest)
    if not finite:
        assert found.mean is None
        assert found.deviation is None
        return
    mean, deviation = exact(batch)
    centre, step = Fraction(found.grid.centre), Fraction(2) ** found.grid.exponent
    farthest = max(abs(Fraction(value) - centre) for value in finite)
    error = float(step / 2 + farthest / 2**31)
    if reference.dtype != batch.dtype:
        error += max(map(abs, finite)) * 2**-53
    assert found.mean is not None
    assert found.deviation is not None
    assert abs(Fraction(found.mean) - mean) <= error + abs(mean) * Fraction(1, 2**52)
    assert abs(found.deviation - deviation) <= 2 * error + deviation * 2**-50


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(2**62, 2**62 + 10**6), min_size=1, max_size=60))
def test_integers_near_each_other_are_exact_however_large(numbers: list[int]) -> None:
    values = np.array(numbers, np.int64)
    found, (mean, deviation) = taken(values, values), exact(values)
    assert found.mean == float(mean)
    assert found.deviation == pytest.approx(deviation, rel=1e-15)


def test_a_million_numbers_are_as_numpy_has_them() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, 300_000)
    found = taken(values[:1_000], *np.array_split(values, 7))
    assert found.mean == pytest.approx(float(np.mean(values)), rel=1e-12)
    assert found.deviation == pytest.approx(float(np.std(values)), rel=1e-11)


def test_one_value_counted_by_value_and_by_order_is_one_value() -> None:
    numbers = np.random.default_rng(1).integers(-300, 300, 5_000)
    dense, sparse = taken(numbers, numbers), taken(numbers, *(numbers[at : at + 1] for at in range(5_000)))
    spread = taken(numbers, np.append(numbers, 2**40))
    assert dense == sparse
    assert spread == dense + taken(numbers, np.array([2**40]))


def test_very_many_equal_values_do_not_overflow() -> None:
    grid = Grid.of(0, 1, 2**36)
    found = Moments.of(grid, np.array([-(2**30), 2**36]), np.array([2**40, 2**40]))
    assert found.n == 2**41
    assert found.mean == (2**36 - 2**30) / 2
    assert found.deviation == (2**36 + 2**30) / 2


def test_minus_zero_is_zero_and_an_integer_stays_one() -> None:
    whole, real = taken(np.array([1]), np.array([0])), taken(np.array([1]), np.array([-0.0]))
    for both in (whole + real, real + whole):
        assert (str(both.minimum), str(both.maximum)) == ("0", "0")


def test_moments_on_different_grids_are_not_added() -> None:
    with pytest.raises(ContractError, match="cannot be added"):
        Moments(grid=Grid(0, 1)) + Moments(grid=Grid(0, 2))
