"""Values at given ranks are those that sorting everything finds, however little may be held."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.selection import Ranked, ranked

NUMBERS = st.one_of(
    st.lists(st.floats(allow_nan=False), max_size=300).map(lambda values: np.array(values, np.float64)),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=300).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(0, 2**64 - 1), max_size=300).map(lambda values: np.array(values, np.uint64)),
    st.lists(st.integers(-9, 9), max_size=300).map(lambda values: np.array(values, np.int64)),
    st.lists(st.sampled_from([0.0, -0.0, 1.5, np.inf, -np.inf, 7.0]), max_size=300).map(np.array),
)


def content(found: Ranked) -> tuple[str, list[float], list[int], list[int]]:
    """Give what was found, as plain numbers."""
    return str(found.values.dtype), found.values.tolist(), found.below.tolist(), found.at_most.tolist()


@settings(max_examples=400, deadline=None)
@given(NUMBERS, st.integers(2, 20), st.lists(st.integers(0, 300), max_size=6), st.integers(8, 60), st.integers(8, 60))
def test_little_room_finds_what_much_room_finds(
    values: Numbers, most: int, cuts: list[int], held: int, sample: int
) -> None:
    parts = np.split(values, sorted(cuts))
    assert content(ranked(lambda: parts, most, held=held, sample=sample)) == content(ranked(lambda: [values], most))


@settings(max_examples=200, deadline=None)
@given(NUMBERS, st.integers(2, 20))
def test_counts_are_values_below_and_up_to_each(values: Numbers, most: int) -> None:
    found = ranked(lambda: [values], most, held=16, sample=8)
    numbers = values.tolist()
    assert found.below.tolist() == [sum(number < value for number in numbers) for value in found.values.tolist()]
    assert found.at_most.tolist() == [sum(number <= value for number in numbers) for value in found.values.tolist()]
    assert len(found.values) <= most


@settings(max_examples=100, deadline=None)
@given(NUMBERS, st.integers(2, 20))
def test_few_different_values_are_all_kept(values: Numbers, most: int) -> None:
    distinct = sorted(set(values.tolist()))
    found = ranked(lambda: [values], most, held=8, sample=4).values.tolist()
    assert (found == distinct) if len(distinct) <= most else {found[0], found[-1]} == {distinct[0], distinct[-1]}


def test_chunks_of_several_types_are_read_as_their_common_one() -> None:
    parts = [np.arange(500), np.array([0.5]), np.arange(2**40, 2**40 + 500)]
    found = ranked(lambda: parts, 8, held=64, sample=32)
    assert content(found) == content(ranked(lambda: [np.concatenate(parts)], 8))
    assert found.values.dtype == np.float64


@pytest.mark.parametrize("kind", ["normal", "atom", "sorted", "two far heaps"])
def test_a_large_column_takes_few_passes_and_little_room(kind: str) -> None:
    random = np.random.default_rng(1)
    values = {
        "normal": lambda: random.standard_normal(200_000),
        "atom": lambda: np.where(random.random(200_000) < 0.7, 0.0, random.standard_normal(200_000)),
        "sorted": lambda: np.sort(random.standard_normal(200_000)),
        "two far heaps": lambda: np.concatenate([random.random(100_000), 1e300 + 1e290 * random.random(100_000)]),
    }[kind]()
    passes = 0

    def chunks() -> Iterator[Numbers]:
        nonlocal passes
        passes += 1
        return iter(np.array_split(values, 20))

    found = ranked(chunks, 64, held=20_000, sample=10_000)
    assert content(found) == content(ranked(lambda: [values], 64))
    assert found.held is None
    assert passes <= 3


def test_without_a_limit_every_value_is_kept() -> None:
    values = np.random.default_rng(1).standard_normal(5_000)
    assert ranked(lambda: np.array_split(values, 3), None).values.tolist() == sorted(values)


def test_nothing_has_no_ranks() -> None:
    assert content(ranked(lambda: [np.zeros(0, np.int64)], 8)) == ("int64", [], [], [])
