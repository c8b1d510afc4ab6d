"""What the tests measure of two tables is what scipy measures of their values."""

import math
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from holdfast.batches.comparison import SHARE_OF_ALPHA, Measured, compared
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.score import SHARE_OF_EFFECT

FLOATS = st.one_of(st.floats(width=32), st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 1e300]), st.none())
TYPES: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "float64": (pa.float64(), FLOATS),
    "float32": (pa.float32(), st.one_of(st.floats(width=32), st.none())),
    "int64": (pa.int64(), st.one_of(st.integers(-(2**63), 2**63 - 1), st.none())),
    "uint64": (pa.uint64(), st.one_of(st.integers(0, 2**64 - 1), st.none())),
    "int8": (pa.int8(), st.integers(-3, 3)),
    "bool": (pa.bool_(), st.one_of(st.booleans(), st.none())),
    "decimal": (pa.decimal128(12, 2), st.decimals(-1000, 1000, places=2)),
    "timestamp": (pa.timestamp("us"), st.integers(-(2**50), 2**50)),
}


def measured(reference: pa.Array, batch: pa.Array, *, parts: int = 1) -> dict[str, Measured]:
    """Compare a column with another that comes in parts."""
    baseline = Baseline.of(pa.table({"x": reference}), knots=None)
    cuts = [round(len(batch) * part / parts) for part in range(parts + 1)]
    counts = [Counts.of(baseline, pa.table({"x": batch[low:high]})) for low, high in pairwise(cuts)]
    whole = sum(counts[1:], counts[0])
    return {test.test: test for test in compared("x", baseline.columns["x"], whole.columns["x"])}


def numbers(values: list[Any]) -> list[Any]:
    """Leave out what is no number."""
    kept = [value for value in values if value is not None and not (isinstance(value, float) and math.isnan(value))]
    return [float(value) if isinstance(value, Decimal) else value for value in kept]


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_distance_and_p_are_scipys_whatever_the_type(name: str, data: st.DataObject) -> None:
    data_type, values = TYPES[name]
    reference = data.draw(st.lists(values, min_size=1, max_size=50))
    other = st.one_of(st.sampled_from(reference), values) if name != "uint64" else st.sampled_from(reference)
    batch = data.draw(st.lists(other, min_size=1, max_size=50))
    found = measured(pa.array(reference, data_type), pa.array(batch, data_type), parts=data.draw(st.integers(1, 4)))
    first, second = numbers(reference), numbers(batch)
    if not first or not second:
        assert "ks" not in found
        return
    exact = object if name in ("int64", "uint64") else np.float64
    places = {value: place for place, value in enumerate(sorted(set(first + second)))}
    ranks = [np.array([places[value] for value in part], np.int64) for part in (first, second)]
    expected = stats.ks_2samp(*(ranks if exact is object else map(np.array, (first, second))), method="asymp")
    assert found["ks"].effect == pytest.approx(expected.statistic, rel=0, abs=1e-12)
    if len(first) * len(second) / (len(first) + len(second)) > 0.5:
        assert found["ks"].p == pytest.approx(expected.pvalue, rel=0, abs=1e-12)
    outside = sum(value < min(first) or value > max(first) for value in second)
    assert found["range"].effect == pytest.approx(max(0, outside / len(second) - 2 / (len(first) + 1)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=80), st.lists(st.sampled_from("abcdexyz"), min_size=1))
def test_moved_new_and_vanished_categories_are_what_they_are(reference: list[str], batch: list[str]) -> None:
    found = measured(pa.array(reference), pa.array(batch))
    shares = {
        label: (reference.count(label) / len(reference), batch.count(label) / len(batch))
        for label in set(reference + batch)
    }
    new = sum(now for before, now in shares.values() if not before)
    known = [abs(before - now) for before, now in shares.values() if before]
    assert found["chi2"].effect == pytest.approx((sum(known) + new) / 2)
    once = sum(reference.count(label) == 1 for label in set(reference))
    assert found["new_categories"].effect == pytest.approx(max(0, new - once / len(reference)))
    gone = sum(before for before, now in shares.values() if before and not now)
    assert found["vanished_categories"].effect <= gone + 1e-12


@pytest.mark.parametrize(
    ("before", "now"), [("int64", "uint64"), ("uint64", "int64"), ("int64", "float64"), ("uint64", "float64")]
)
@settings(max_examples=40, deadline=None)
@given(
    reference=st.lists(st.integers(2**63 - 5_000, 2**63 - 1), min_size=2, max_size=60),
    batch=st.lists(st.integers(2**63 - 5_000, 2**63 - 1), min_size=2, max_size=60),
)
def test_integers_of_two_types_are_held_together_as_floats(
    before: str, now: str, reference: list[int], batch: list[int]
) -> None:
    first, second = np.array(reference, before), np.array(batch, now)
    found = measured(pa.array(first), pa.array(second))["ks"]
    wanted = stats.ks_2samp(first.astype(np.float64), second.astype(np.float64), method="asymp")
    assert found.effect == pytest.approx(wanted.statistic, abs=1e-12)
    assert found.p == pytest.approx(wanted.pvalue, abs=1e-12)


def test_frequent_categories_have_the_p_of_scipys_table() -> None:
    random = np.random.default_rng(3)
    reference, batch = (random.choice(list("abcd"), rows, p=[0.4, 0.3, 0.2, 0.1]) for rows in (4_000, 900))
    table = [[int((part == label).sum()) for label in "abcd"] for part in (reference, batch)]
    expected = stats.chi2_contingency(table, correction=False)
    assert measured(pa.array(reference), pa.array(batch))["chi2"].p == pytest.approx(expected.pvalue, abs=1e-12)


def test_rare_nulls_have_fishers_p() -> None:
    law = stats.hypergeom(5_000 + 300, 4, 300)
    values = measured(pa.array([1.0] * 4_998 + [None] * 2), pa.array([1.0] * 298 + [None] * 2))
    assert values["null_rate"].p == pytest.approx(min(1, 2 * min(law.cdf(2), law.sf(1))), rel=1e-9)


@pytest.mark.parametrize("values", [[0.4], [0.4, 0.4, None], ["a"], [True], [math.inf], [-math.inf, math.inf]])
def test_nothing_differs_from_itself(values: list[Any]) -> None:
    column = pa.array(values * 40)
    for test in measured(column, column).values():
        assert test.effect == 0
        assert test.p == pytest.approx(1)


def test_which_tests_there_are_does_not_depend_on_the_batch() -> None:
    random = np.random.default_rng(4)
    reference = pa.array(random.standard_normal(500))
    for batch in (reference, pa.array(np.full(200, 99.0)), pa.array([None, *random.standard_normal(50)])):
        assert set(measured(reference, batch)) == {"ks", "rank_sum", "rank_spread", "range", "null_rate"}


def test_a_column_of_few_values_is_spared_the_sharper_tests() -> None:
    hours = pa.array(np.tile(np.arange(24), 50))
    assert set(measured(hours, hours)) == {"ks", "range", "null_rate"}
    assert measured(hours, hours)["ks"].share == 1


def test_every_test_has_its_share_of_level_and_of_effect() -> None:
    assert SHARE_OF_ALPHA.keys() == SHARE_OF_EFFECT.keys()
    assert sum(SHARE_OF_ALPHA[test] for test in ("ks", "rank_sum", "rank_spread")) == pytest.approx(1)


def test_distances_stand_beside_the_test_of_the_distribution_only() -> None:
    random = np.random.default_rng(5)
    found = measured(pa.array(random.standard_normal(900)), pa.array(random.standard_normal(400) + 1))
    apart = found["ks"].distances
    assert apart is not None
    assert apart.psi is not None
    assert apart.psi > 0.5
    assert apart.wasserstein == pytest.approx(1, abs=0.2)
    assert apart.wasserstein_error is not None
    assert all(test.distances is None for name, test in found.items() if name != "ks")
