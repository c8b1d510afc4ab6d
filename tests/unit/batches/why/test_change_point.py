"""A shift of level is found where it is, an outlier is none, and where nothing shifted nothing is claimed."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import ttest_ind

from holdfast.batches.why.change_point import ALPHA, began

Draw = Callable[[np.random.Generator, int], np.ndarray]
STEADY: dict[str, Draw] = {
    "near nothing": lambda random, n: np.abs(0.5 * random.standard_normal(n)),
    "skewed": lambda random, n: random.lognormal(0, 0.5, n),
    "in drift throughout": lambda random, n: 3 + 0.5 * random.standard_normal(n),
    "up and down with the year": lambda random, n: np.abs(
        2 * np.sin(2 * np.pi * (np.arange(n) + random.integers(12)) / 12) + 0.2 * random.standard_normal(n)
    ),
}


@pytest.mark.parametrize("draw", STEADY.values(), ids=STEADY)
@pytest.mark.parametrize("n", [4, 6, 12, 36])
def test_no_more_than_a_few_in_a_hundred_steady_histories_are_said_to_have_shifted(draw: Draw, n: int) -> None:
    random = np.random.default_rng(n)
    claimed = sum(began(draw(random, n).tolist()) is not None for _ in range(300))
    assert claimed <= 10


@pytest.mark.parametrize(
    ("history", "first"),
    [
        ([0.2, 0.3, 0.2, 4.0], 3),
        ([0.2, 0.3, 0.3, 0.2, 3.0, 3.4, 2.9], 4),
        ([0.0, 0.0, 0.0, 5.0, 9.0, 9.0, 9.5], 3),
        ([0.4, 0.3, 9.0, 0.4, 0.3, 0.5, 2.2, 2.0, 2.4, 2.1], 6),
        ([-5.0, -4.0, -4.5, -5.0, 4.0, 5.0, 4.5], 4),
        ([2.0, 2.1, 1.9, 2.0, 2.2, 9.0, 8.5, 9.5], 5),
    ],
    ids=["this batch", "a step", "half begun", "an outlier before", "the other way before", "from drift to more drift"],
)
def test_a_shift_is_found_where_it_began(history: list[float], first: int) -> None:
    shift = began(history)
    assert shift is not None
    assert shift.at == first
    assert shift.since > shift.before + 0.5
    assert shift.p <= ALPHA


@pytest.mark.parametrize(
    "history",
    [
        [],
        [0.2, 0.3, 9.0],
        [0.2, 0.3, 9.0, 0.2, 0.3, 0.2, 0.3],
        [9.0, 0.2, 0.3, 0.2, 0.3],
        [5.0, 5.2, 4.9, 0.2, 0.3],
        [0.01, 0.02, 0.01, 0.2, 0.21, 0.2],
        [3.0] * 10,
        [0.0] * 10,
    ],
    ids=["none", "three", "an outlier", "an outlier first", "over again", "too small to matter", "always", "never"],
)
def test_what_is_no_lasting_shift_is_not_called_one(history: list[float]) -> None:
    assert began(history) is None


def test_a_planted_step_is_mostly_found_exactly() -> None:
    random = np.random.default_rng(7)
    found = []
    for _ in range(200):
        history = np.concatenate([np.full(10, 0.4), np.full(8, 2.0)]) * random.lognormal(0, 0.3, 18)
        found.append(began(history.tolist()))
    assert sum(shift is not None for shift in found) >= 195
    assert sum(shift is not None and abs(shift.at - 10) <= 1 for shift in found) >= 190


def test_its_p_is_students_over_all_places() -> None:
    history = [0.2, 0.4, 0.3, 2.0, 2.6]
    scale = np.log1p(history)
    one = ttest_ind(scale[3:], scale[:3], alternative="greater").pvalue
    shift = began(history)
    assert shift is not None
    assert shift.p == pytest.approx(4 * one)


def test_looking_without_one_batch_as_well_costs_half_the_level() -> None:
    history = [0.2, 0.4, 0.3, 0.3, 2.0, 2.6, 2.2]
    scale = np.log1p(history)
    one = ttest_ind(scale[4:], scale[:4], alternative="greater").pvalue
    shift = began(history)
    assert shift is not None
    assert shift.p == pytest.approx(6 * 2 * one)
