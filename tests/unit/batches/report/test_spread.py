"""Distributions drawn from cumulative counts: shares that add up, ends that no single row sets, no rare label."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.report.document import FLOOR, Bars, Bins
from holdfast.batches.report.spread import spread

ODD = [0.0, 1.0, np.inf, -np.inf]
CANARY = 4929123412341238.0


def drawn(reference: object, batch: object, type_: pa.DataType | None = None) -> Bins | Bars | None:
    """Give the spread of one column."""
    first, second = (pa.table({"x": pa.array(values, type_)}) for values in (reference, batch))
    baseline = Baseline.of(first)
    return spread(baseline.columns["x"], Counts.of(baseline, second).columns["x"])


def bins(reference: object, batch: object, type_: pa.DataType | None = None) -> Bins:
    """Give a spread that is in bins."""
    found = drawn(reference, batch, type_)
    assert isinstance(found, Bins)
    return found


def bars(reference: object, batch: object, type_: pa.DataType | None = None) -> Bars:
    """Give a spread that is in bars."""
    found = drawn(reference, batch, type_)
    assert isinstance(found, Bars)
    return found


@settings(max_examples=60, deadline=None)
@given(
    some.arrays(np.float64, st.integers(60, 300), elements=st.floats(-1e6, 1e6) | st.sampled_from(ODD)),
    some.arrays(np.float64, st.integers(1, 300), elements=st.floats(-1e7, 1e7) | st.sampled_from(ODD)),
)
def test_every_value_is_counted_once(reference: np.ndarray, batch: np.ndarray) -> None:
    found = drawn(reference, batch)
    if isinstance(found, Bins):
        for at, shares in enumerate((found.reference, found.batch)):
            ends = (found.lower, found.higher, found.minus_infinity, found.plus_infinity)
            assert sum(shares) + sum(pair[at] for pair in ends) == pytest.approx(1, abs=1e-4)
        assert len(found.edges) == len(found.reference) + 1 == len(found.batch) + 1
    elif isinstance(found, Bars):
        assert sum(bar.reference for bar in found.bars) == pytest.approx(1, abs=1e-4)
        assert sum(bar.batch for bar in found.bars) == pytest.approx(1, abs=1e-4)


def test_bins_hold_what_numpy_counts() -> None:
    draw = np.random.default_rng(1)
    reference, batch = draw.normal(0, 1, 3000), draw.normal(0.5, 1, 2000)
    found = bins(reference, batch)
    expected, _ = np.histogram(reference, found.edges)
    assert np.abs(np.array(found.reference) - expected / 3000).max() < 1e-6
    assert found.lower[0] == pytest.approx((reference < found.edges[0]).mean(), abs=1e-6)
    moved, _ = np.histogram(batch, found.edges)
    assert np.abs(np.array(found.batch) - moved / 2000).max() < 0.01, "between two knots it is spread evenly"


def test_a_heavy_tail_leaves_the_middle_its_room() -> None:
    draw = np.random.default_rng(1)
    found = bins(draw.standard_cauchy(5000), draw.standard_cauchy(5000))
    assert -50 < found.edges[0] < found.edges[-1] < 50
    assert found.lower[0] > 0.005
    assert max(found.reference) > 0.1


def test_one_row_sets_no_edge_and_is_named_nowhere() -> None:
    draw = np.random.default_rng(1)
    reference = np.append(draw.normal(0, 1, 3000), [CANARY, -CANARY])
    batch = np.append(draw.normal(0, 1, 3000), [CANARY * 2])
    found = bins(reference, batch)
    assert max(map(abs, found.edges)) < 10
    assert found.higher[0] > 0


def test_infinities_stand_apart() -> None:
    draw = np.random.default_rng(1)
    found = bins(np.append(draw.normal(0, 1, 900), [np.inf] * 100), np.append(draw.normal(0, 1, 500), [-np.inf] * 500))
    assert found.plus_infinity == (0.1, 0.0)
    assert found.minus_infinity == (0.0, 0.5)


def test_a_batch_beyond_the_reference_is_told_as_such() -> None:
    draw = np.random.default_rng(1)
    found = bins(draw.normal(0, 1, 3000), draw.normal(1000, 1, 3000))
    assert found.higher[1] == pytest.approx(1)


def test_few_values_have_a_bar_each_and_the_others_are_gathered_by_where_they_lie() -> None:
    reference = [1.0] * 500 + [2.0] * 400 + [7.5] * (FLOOR - 1)
    found = bars(reference, [1.0] * 300 + [2.0] * 100 + [3.0] * 50 + [0.5] * 30 + [9.0] * 20)
    assert [(bar.label, bar.holds) for bar in found.bars] == [
        ("lower values", "rest"), ("1", "label"), ("2", "label"), ("rare values", "rare"), ("other values", "rest"),
        ("higher values", "rest"),
    ]  # fmt: skip
    assert [round(bar.batch * 500) for bar in found.bars] == [30, 300, 100, 0, 50, 20]


def test_a_truth_is_false_or_true() -> None:
    assert [bar.label for bar in bars([True] * 50 + [False] * 50, [True] * 90 + [False] * 10).bars] == ["false", "true"]


@pytest.mark.parametrize(
    ("type_", "scale"),
    [
        (pa.timestamp("us"), "moment"),
        (pa.date32(), "day"),
        (pa.time32("s"), "clock"),
        (pa.duration("us"), "duration"),
        (pa.int64(), "whole"),
    ],
)
def test_each_kind_has_its_scale(type_: pa.DataType, scale: str) -> None:
    values = np.random.default_rng(1).integers(0, 80_000, 500).astype(np.int32 if type_.bit_width == 32 else np.int64)
    assert bins(values, values, type_).scale == scale


def test_labels_with_fewer_rows_than_the_floor_in_both_are_never_named() -> None:
    rare = [f"patient-{number}" for number in range(40)]
    known = ["a"] * 500 + ["b"] * 400 + ["grown"] * 5 + rare
    now = ["a"] * 300 + ["grown"] * FLOOR + ["new"] * FLOOR + ["unheard"] * (FLOOR - 1) + rare[:5]
    found = bars(known, now)
    named = {bar.label: bar.holds for bar in found.bars}
    assert named == {
        "a": "label", "b": "label", "grown": "label", "rare categories": "rare", "new": "new",
        "new categories": "new_rare",
    }  # fmt: skip
    gathered = next(bar for bar in found.bars if bar.holds == "rare")
    assert gathered.labels == 40


def test_many_labels_keep_the_largest_and_those_that_moved_most() -> None:
    draw = np.random.default_rng(1)
    names = [f"label {number:02d}" for number in range(40)]
    reference = draw.choice(names, 8000)
    batch = np.concatenate([draw.choice(names, 4000), np.repeat("label 17", 600)])
    found = bars(reference, batch)
    assert "label 17" in {bar.label for bar in found.bars}
    rest = next(bar for bar in found.bars if bar.holds == "rest")
    assert rest.labels == 40 - len([bar for bar in found.bars if bar.holds == "label"])


def test_too_few_values_are_not_drawn() -> None:
    assert drawn([1.5, 2.5, 3.5], [1.5]) is None
