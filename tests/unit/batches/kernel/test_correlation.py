"""A change of rank correlation is found, told once and at the right column, and no other is made up."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.correlation import PairChange, changed_pairs
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.sampled import Coded, Coder

NAMES = ("a", "b", "c", "d")
STILL = dict.fromkeys(NAMES, 0.0)


def joint(values: Mapping[str, NDArray[np.float64]], baseline: Baseline) -> Joint:
    """Sum up the pairs of a sample coded against a reference."""
    codes = [Coder.of(baseline.columns[name]).codes(pa.array(values[name])) for name in values]
    return Joint.of(Coded(tuple(values), np.stack(codes, axis=1)), baseline.columns)


def drawn(random: np.random.Generator, rows: int, together: float) -> dict[str, NDArray[np.float64]]:
    """Draw four columns, of which a and b go together."""
    values = {name: random.standard_normal(rows) for name in NAMES}
    values["b"] = together * values["a"] + np.sqrt(1 - together**2) * values["b"]
    return values


def changes(
    before: float, now: float, *, rows: int, seed: int = 1, moved: Mapping[str, float] = STILL
) -> dict[str, PairChange]:
    """Compare a batch to a reference of other correlation."""
    random = np.random.default_rng(seed)
    reference = drawn(random, 20_000, before)
    baseline = Baseline.of(pa.table(reference))
    return changed_pairs(joint(reference, baseline), joint(drawn(random, rows, now), baseline), moved)


def test_a_lost_correlation_is_told_with_what_it_was_and_is() -> None:
    found = changes(0.7, 0.0, rows=1_000)["a"]
    spearman = 6 / np.pi * np.arcsin(0.7 / 2)
    assert found.other == "b"
    assert found.before == pytest.approx(spearman, abs=0.02)
    assert found.now == pytest.approx(0, abs=0.1)
    assert found.p < 1e-30


def test_the_p_value_is_fishers_over_all_pairs_of_the_column() -> None:
    found = changes(0.3, 0.2, rows=800)["a"]
    z = (np.arctanh(found.now) - np.arctanh(found.before)) / np.sqrt(1.06 / (found.n - 3) + 1.06 / (found.m - 3))
    assert found.pairs == 3
    assert found.p == pytest.approx(min(1.0, 3 * 2 * stats.norm.sf(abs(z))), rel=1e-9)


@pytest.mark.parametrize(("blamed", "spared"), [("a", "b"), ("b", "a")])
def test_a_pair_is_told_once_at_the_column_that_moved_more(blamed: str, spared: str) -> None:
    found = changes(0.7, 0.0, rows=1_000, moved={**STILL, blamed: 0.2})
    assert found[blamed].other == spared
    assert spared not in found or blamed != found[spared].other


def test_of_sure_changes_the_largest_is_told() -> None:
    random = np.random.default_rng(3)
    reference, batch = drawn(random, 20_000, 0.99), drawn(random, 5_000, 0.97)
    for values, share in ((reference, 0.0), (batch, 0.4)):
        values["c"] = share * values["a"] + np.sqrt(1 - share**2) * values["c"]
    baseline = Baseline.of(pa.table(reference))
    found = changed_pairs(joint(reference, baseline), joint(batch, baseline), {**STILL, "a": 0.01})
    assert found["a"].other == "c"


def test_bounds_hold_the_effect_and_narrow_with_rows() -> None:
    few, many = (changes(0.7, 0.3, rows=rows)["a"] for rows in (200, 20_000))
    for found in (few, many):
        lower, upper = found.bounds(0.01)
        assert 0 <= lower <= found.size <= upper <= 2
    assert many.bounds(0.01)[0] > few.bounds(0.01)[0]
    assert changes(0.7, 0.7, rows=500)["a"].bounds(0.01)[0] == 0


def test_no_change_is_as_rare_as_its_level_says() -> None:
    random = np.random.default_rng(4)
    reference = drawn(random, 20_000, 0.7)
    baseline = Baseline.of(pa.table(reference))
    known, alarms = joint(reference, baseline), 0
    for _ in range(150):
        found = changed_pairs(known, joint(drawn(random, 300, 0.7), baseline), STILL)
        alarms += sum(change.p < 0.05 for change in found.values())
    assert alarms <= 150 * len(NAMES) * 0.05


def test_a_constant_column_and_too_few_rows_are_left_out() -> None:
    random = np.random.default_rng(5)
    reference = drawn(random, 2_000, 0.7)
    baseline = Baseline.of(pa.table(reference))
    batch = {**drawn(random, 500, 0.7), "c": np.ones(500)}
    found = changed_pairs(joint(reference, baseline), joint(batch, baseline), {**STILL, "c": 0.5})
    assert all("c" not in (name, change.other) for name, change in found.items())
    assert changed_pairs(joint(reference, baseline), joint(drawn(random, 5, 0.7), baseline), STILL) == {}
    assert changed_pairs(joint(reference, baseline), joint(batch, baseline), {"a": 0.0}) == {}


def seldom(random: np.random.Generator, rows: int, together: bool) -> dict[str, NDArray[np.float64]]:
    """Draw columns that are zero in 19 of 20 rows; of two, the other values stand in the same rows or do not."""
    values = {name: np.where(random.random(rows) < 0.95, 0, random.exponential(50, rows)) for name in NAMES}
    if together:
        values["b"] = np.where(values["a"] > 0, values["a"] + random.exponential(20, rows), values["b"] * 0)
    return values


@pytest.mark.parametrize("together", [False, True])
def test_few_rows_that_are_not_zero_make_no_change_of_correlation(together: bool) -> None:
    random = np.random.default_rng(6)
    reference = seldom(random, 20_000, together)
    baseline = Baseline.of(pa.table(reference))
    known, apart, surely = joint(reference, baseline), dict.fromkeys(NAMES, (0.05, 0.05)), 0
    for _ in range(100):
        batch = joint(seldom(random, 100, together), baseline)
        found = changed_pairs(known, batch, STILL, apart)
        surely += sum(change.p < 0.001 or change.bounds(0.001)[0] > 0.1 for change in found.values())
    assert surely <= 2


def test_few_rows_that_disagree_with_all_others_make_no_change_of_correlation() -> None:
    random = np.random.default_rng(8)

    def alike(rows: int) -> dict[str, NDArray[np.float64]]:
        values = drawn(random, rows, 0.999)
        return {**values, "b": np.where(random.random(rows) < 0.002, -2.0, values["b"])}

    reference = alike(20_000)
    baseline = Baseline.of(pa.table(reference))
    known = joint(reference, baseline)
    found = [changed_pairs(known, joint(alike(400), baseline), STILL)["a"].p for _ in range(60)]
    assert sum(p < 0.001 for p in found) == 0
    lost = {**alike(500), "b": random.standard_normal(500)}
    change = changed_pairs(known, joint(lost, baseline), STILL)["a"]
    assert (change.p < 1e-20, change.size <= change.bounds(0.01)[1] <= 2) == (True, True)


def test_a_lost_correlation_of_columns_that_are_seldom_not_zero_is_found() -> None:
    random = np.random.default_rng(7)
    reference = seldom(random, 20_000, together=True)
    baseline = Baseline.of(pa.table(reference))
    batch = joint(seldom(random, 3_000, together=False), baseline)
    found = changed_pairs(joint(reference, baseline), batch, STILL, dict.fromkeys(NAMES, (0.05, 0.05)))["a"]
    assert (found.other, found.p < 1e-6, found.bounds(0.01)[0] > 0.1) == ("b", True, True)
