"""A distribution keeps knots of equal mass, and counts are what they say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.numeric import Distribution

ANY = st.one_of(
    st.lists(st.floats(allow_nan=False), max_size=50).map(lambda values: np.array(values, np.float64)),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(0, 2**64 - 1), max_size=50).map(lambda values: np.array(values, np.uint64)),
    st.lists(st.integers(-9, 9), max_size=50).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(2**63 - 9, 2**63 + 9), max_size=50).map(lambda values: np.array(values, np.uint64)),
    st.lists(st.integers(-(2**63), -(2**63) + 9), max_size=50).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(-999, 999), max_size=50).map(lambda values: np.array(values, np.int64) / 100),
    st.lists(st.floats(-9, 9).map(lambda value: round(value, 1)), max_size=50).map(lambda v: np.array(v, np.float64)),
)


def counted_plainly(knots: Numbers, values: Numbers) -> list[list[int]]:
    """Count as the definition says, one by one."""
    numbers = values.tolist()
    return [
        [sum(value < knot for value in numbers) for knot in knots.tolist()],
        [sum(value <= knot for value in numbers) for knot in knots.tolist()],
    ]


@settings(max_examples=400, deadline=None)
@given(ANY, ANY)
def test_counts_are_values_below_and_up_to_each_knot(reference: Numbers, batch: Numbers) -> None:
    known = Distribution.of([reference], knots=None)
    if reference.dtype == batch.dtype:
        assert known.count(batch).tolist() == counted_plainly(known.knots, batch)
    else:
        floats = known.knots.astype(np.float64), batch.astype(np.float64)
        assert known.count(batch).tolist() == counted_plainly(*floats)


@settings(max_examples=200, deadline=None)
@given(ANY, st.integers(2, 8), st.integers(1, 5))
def test_a_reference_is_the_same_however_it_is_cut(reference: Numbers, knots: int, parts: int) -> None:
    whole = Distribution.of([reference], knots=knots)
    cut = Distribution.of(np.array_split(reference, parts), knots=knots)
    assert (whole.knots.tolist(), whole.below.tolist(), whole.at_most.tolist()) == (
        cut.knots.tolist(), cut.below.tolist(), cut.at_most.tolist()
    )  # fmt: skip
    assert whole.n == len(reference)


def test_the_ends_are_always_knots() -> None:
    values = np.random.default_rng(1).standard_normal(10_000)
    known = Distribution.of([values], knots=100)
    assert len(known.knots) == 100
    assert (known.knots[0], known.knots[-1]) == (values.min(), values.max())


def test_a_value_that_is_frequent_is_a_knot() -> None:
    values = np.concatenate([np.random.default_rng(1).standard_normal(9_000), np.full(1_000, 0.25)])
    assert 0.25 in Distribution.of([values], knots=64).knots


@pytest.mark.parametrize("knots", [256, 1_024, 4_096])
def test_knots_understate_a_distance_by_less_than_their_mass(knots: int) -> None:
    random = np.random.default_rng(7)
    reference, batch = random.standard_normal(60_000), random.standard_normal(9_000) * 1.1 + 0.05
    distances = []
    for known in (Distribution.of([reference], knots=None), Distribution.of([reference], knots=knots)):
        below, at_most = known.count(batch) / len(batch)
        under, up_to = np.abs(below - known.below / known.n), np.abs(at_most - known.at_most / known.n)
        distances.append(max(under.max(), up_to.max()))
    assert 0 <= distances[0] - distances[1] <= 1 / knots


def test_zeros_of_either_sign_are_one_knot_of_one_sign() -> None:
    known = Distribution.of([np.array([-0.0, 0.0, -0.0])], knots=None)
    assert not np.signbit(known.knots).any()
    assert known.count(np.array([-0.0, 0.0])).tolist() == [[0], [2]]


@settings(max_examples=200, deadline=None)
@given(ANY, ANY)
def test_a_tally_is_of_what_was_counted(reference: Numbers, batch: Numbers) -> None:
    known = Distribution.of([reference], knots=None)
    tally = known.tally(batch)
    numbers = batch.tolist()
    assert tally.infinite == (numbers.count(-math.inf), numbers.count(math.inf))
    assert tally.moments.n == len(numbers) - sum(tally.infinite)
    assert Distribution.measured([reference], knots=4)[1].infinite == known.tally(reference).infinite == known.infinite


@settings(max_examples=100, deadline=None)
@given(ANY, st.integers(2, 8))
def test_a_distribution_measured_is_its_own_batch(values: Numbers, knots: int) -> None:
    known, own = Distribution.measured([values], knots=knots)
    again = known.tally(values)
    assert (own.counts.tolist(), own.infinite, own.moments) == (again.counts.tolist(), again.infinite, again.moments)


def test_only_the_same_knots_have_the_same_fingerprint() -> None:
    prints = {
        Distribution.of([values], knots=None).fingerprint
        for values in (np.array([1, 2]), np.array([1.0, 2.0]), np.array([1, 3]), np.array([1, 2, 2]))
    }
    assert len(prints) == 4
    assert Distribution.of([np.array([2, 1])], knots=None).fingerprint in prints
