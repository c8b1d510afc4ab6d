from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.alibi.classifier import twice_the_median
from holdfast.batches.verdict import BatchAssessment, Level

Compare = Callable[..., BatchAssessment]


def pairs(n: int, *, seed: int, correlation: float = 0.7, shift: float = 0.0, missing: float = 0.0) -> pa.Table:
    """Make rows of two correlated columns, a category that follows one of them, and noise."""
    rng = np.random.default_rng(seed)
    first = rng.normal(shift, 1, n)
    second = correlation * first + np.sqrt(1 - correlation**2) * rng.normal(0, 1, n)
    return pa.table(
        {
            "first": pa.array(first, mask=rng.random(n) < missing),
            "second": second,
            "sign": np.where(second > 0, "plus", "minus"),
            "noise": rng.normal(0, 1, n),
        }
    )


def classifier(compare: Compare, reference: pa.Table, batch: pa.Table, **policy: object) -> BatchAssessment:
    """Let ClassifierDrift compare two tables."""
    return compare("alibi_classifier", reference, batch, **policy)


@pytest.mark.parametrize(
    ("values", "together"), [([0.01, 0.02, 0.9], 0.04), ([0.6, 0.7, 0.8], 1), ([0.1, np.nan, 0.1], np.nan)]
)
def test_p_values_are_put_together_and_none_is_lost(values: list[float], together: float) -> None:
    assert twice_the_median(values) == pytest.approx(together, nan_ok=True)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_the_same_distribution_does_not_drift(compare: Compare, seed: int) -> None:
    assessment = classifier(compare, pairs(2_000, seed=1, missing=0.1), pairs(1_000, seed=seed, missing=0.1))
    assert assessment.level is Level.NONE
    assert (assessment.n, assessment.tests, assessment.detector) == (1_000, 1, "alibi_classifier")


def test_a_shift_is_found_and_its_column_named(compare: Compare) -> None:
    assessment = classifier(compare, pairs(2_000, seed=1), pairs(1_000, seed=2, shift=0.8))
    assert assessment.level is Level.DRIFT
    assert assessment.columns[0].detail.startswith("told apart by first")


def test_a_change_of_correlation_alone_is_found_which_no_column_shows(compare: Compare) -> None:
    reference, batch = pairs(2_000, seed=1), pairs(1_000, seed=2, correlation=-0.2)
    assert classifier(compare, reference, batch).level is Level.DRIFT
    assert compare("alibi_tabular", reference, batch).level is Level.NONE


def test_missing_values_are_seen(compare: Compare) -> None:
    assessment = classifier(compare, pairs(2_000, seed=1, missing=0.02), pairs(1_000, seed=2, missing=0.3))
    assert assessment.level is Level.DRIFT
    assert "first" in assessment.columns[0].detail


def test_a_column_whose_values_are_all_gone_is_drift(compare: Compare) -> None:
    batch = pairs(1_000, seed=2).set_column(3, "noise", pa.nulls(1_000, pa.float64()))
    assert classifier(compare, pairs(2_000, seed=1), batch).level is Level.DRIFT


@pytest.mark.parametrize(("value", "level"), [(1e300, Level.NONE), (2e300, Level.DRIFT), (np.inf, Level.DRIFT)])
def test_infinities_and_huge_numbers_are_values(compare: Compare, value: float, level: Level) -> None:
    def some(table: pa.Table, huge: float) -> pa.Table:
        values = table["noise"].to_numpy().copy()
        values[::5] = huge
        return table.set_column(3, "noise", pa.array(values))

    assert classifier(compare, some(pairs(1_000, seed=1), 1e300), some(pairs(1_000, seed=2), value)).level is level


def test_too_few_rows_are_not_enough_data(compare: Compare) -> None:
    assert classifier(compare, pairs(1_000, seed=1), pairs(20, seed=2)).level is Level.NOT_ENOUGH_DATA
    assert classifier(compare, pairs(1_000, seed=1), pairs(19, seed=2), minimum_rows=2).level is Level.NOT_ENOUGH_DATA
    assert classifier(compare, pairs(1_000, seed=1), pairs(20, seed=2), minimum_rows=2).level is Level.NONE


def test_a_column_that_vanished_is_drift(compare: Compare) -> None:
    assert classifier(compare, pairs(1_000, seed=1), pairs(1_000, seed=2).drop_columns("noise")).level is Level.DRIFT


def test_asked_again_it_says_the_same(compare: Compare) -> None:
    reference, batch = pairs(1_000, seed=1), pairs(500, seed=2)
    assert classifier(compare, reference, batch) == classifier(compare, reference, batch)


@pytest.mark.parametrize(("number", "levels"), [(0, {Level.NONE, Level.NOTICE}), (8, {Level.DRIFT})])
def test_bikes_of_the_same_year_and_of_the_next_summer(
    compare: Compare, shared: Path, number: int, levels: set[Level]
) -> None:
    reference, batch = (
        pq.read_table(shared / "data" / "bike" / f"{name}.parquet") for name in ("reference", f"batch-{number:02}")
    )
    assert classifier(compare, reference, batch).level in levels
