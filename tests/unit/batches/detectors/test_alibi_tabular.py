from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level

Compare = Callable[..., BatchAssessment]
FLOAT32 = 1e-6  # alibi-detect keeps p-values and distances as float32


def rows(n: int, *, seed: int, shift: float = 0.0, mix: float = 0.5, missing: float = 0.0) -> pa.Table:
    """Make rows of a normal, a Poisson, a constant and a two-valued column; the normal one may miss values."""
    rng = np.random.default_rng(seed)
    gone = rng.random(n) < missing
    return pa.table(
        {
            "normal": pa.array(rng.normal(shift, 1, n), mask=gone),
            "count": rng.poisson(3, n),
            "constant": np.full(n, 0.25),
            "kind": np.where(rng.random(n) < mix, "a", "b"),
        }
    )


def tabular(compare: Compare, reference: pa.Table, batch: pa.Table, **policy: object) -> BatchAssessment:
    """Let TabularDrift compare two tables."""
    return compare("alibi_tabular", reference, batch, **policy)


def of(assessment: BatchAssessment, name: str, what: str = "") -> ColumnResult:
    """Find a column's result."""
    (found,) = [column for column in assessment.columns if column.name == name and column.detail.startswith(what)]
    return found


def test_the_same_distribution_does_not_drift(compare: Compare) -> None:
    assessment = tabular(compare, rows(5_000, seed=1), rows(1_000, seed=2))
    assert assessment.level is Level.NONE
    assert (assessment.n, assessment.tests, assessment.detector) == (1_000, 4, "alibi_tabular")


@pytest.mark.parametrize(
    ("batch", "moved"),
    [({"shift": 0.4}, "normal"), ({"mix": 0.7}, "kind")],
    ids=["numbers shift", "categories change their rates"],
)
def test_a_change_is_found_in_its_column(compare: Compare, batch: dict[str, float], moved: str) -> None:
    assessment = tabular(compare, rows(5_000, seed=1), rows(1_000, seed=2, **batch))
    assert assessment.level is Level.DRIFT
    assert [column.name for column in assessment.columns if column.level is Level.DRIFT] == [moved]


def test_p_values_and_distances_are_scipys(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=3), rows(800, seed=4, shift=0.1, mix=0.55)
    assessment = tabular(compare, reference, batch)
    for name in ("normal", "count", "constant"):
        wanted = ks_2samp(reference[name].to_numpy(), batch[name].to_numpy(), method="asymp")
        assert of(assessment, name).p == pytest.approx(wanted.pvalue, rel=FLOAT32)
        assert of(assessment, name).effect == pytest.approx(wanted.statistic, rel=FLOAT32)
    counts = [[table["kind"].to_pylist().count(kind) for kind in "ab"] for table in (reference, batch)]
    assert of(assessment, "kind").p == pytest.approx(chi2_contingency(counts).pvalue, rel=FLOAT32)
    assert of(assessment, "kind").effect == pytest.approx(abs(counts[0][0] / 3_000 - counts[1][0] / 800))


def test_bonferroni_is_over_all_tests_together(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=3, missing=0.1), rows(800, seed=4, missing=0.1)
    assessment = tabular(compare, reference, batch)
    assert assessment.tests == 5
    assert all(column.p_adjusted == pytest.approx(min(1, 5 * (column.p or 0))) for column in assessment.columns)


def test_missing_values_do_not_switch_their_column_off(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=5, missing=0.1), rows(800, seed=6, shift=0.5, missing=0.1)
    assessment = tabular(compare, reference, batch)
    present = [np.asarray(table["normal"].drop_null()) for table in (reference, batch)]
    assert of(assessment, "normal", "Kolmogorov").level is Level.DRIFT
    assert of(assessment, "normal", "Kolmogorov").p == pytest.approx(
        ks_2samp(*present, method="asymp").pvalue, rel=1e-5
    )
    assert of(assessment, "normal", "missing values").level is Level.NONE


def test_nan_is_missing_too(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=5), rows(800, seed=6, shift=0.5)
    values = batch["normal"].to_numpy().copy()
    values[::7] = np.nan
    assessment = tabular(compare, reference, batch.set_column(0, "normal", pa.array(values)))
    assert of(assessment, "normal", "Kolmogorov").level is Level.DRIFT
    assert of(assessment, "normal", "missing values").level is Level.DRIFT


def test_more_missing_values_are_drift_of_their_own(compare: Compare) -> None:
    assessment = tabular(compare, rows(3_000, seed=5, missing=0.01), rows(3_000, seed=6, missing=0.06))
    assert [(column.name, column.detail) for column in assessment.columns if column.level is Level.DRIFT] == [
        ("normal", "missing values, chi-square")
    ]


def test_a_column_without_any_value_left_is_never_none(compare: Compare) -> None:
    batch = rows(800, seed=6)
    assessment = tabular(compare, rows(3_000, seed=5), batch.set_column(0, "normal", pa.nulls(800, pa.float64())))
    assert {column.level for column in assessment.columns if column.name == "normal"} == {Level.DRIFT, Level.UNKNOWN}
    assert assessment.level is Level.DRIFT


def test_a_column_that_never_held_a_value_is_no_drift(compare: Compare) -> None:
    reference, batch = (rows(n, seed=n).append_column("empty", pa.nulls(n)) for n in (3_000, 800))
    assessment = tabular(compare, reference, batch)
    assert assessment.level is Level.NONE
    assert of(assessment, "empty").level is Level.NONE


def test_new_categories_count_as_other(compare: Compare) -> None:
    batch = rows(800, seed=6)
    new = pa.array(["new" if at % 5 == 0 else kind for at, kind in enumerate(batch["kind"].to_pylist())])
    assessment = tabular(compare, rows(3_000, seed=5), batch.set_column(3, "kind", new))
    assert of(assessment, "kind").level is Level.DRIFT
    assert of(assessment, "kind").effect == pytest.approx(0.2, abs=0.01)


def test_a_significant_but_small_change_is_a_notice(compare: Compare) -> None:
    assessment = tabular(compare, rows(5_000, seed=1), rows(5_000, seed=2, shift=0.15), effect=0.2)
    assert of(assessment, "normal").level is Level.NOTICE
    assert assessment.level is Level.NOTICE


def test_infinities_are_values(compare: Compare) -> None:
    batch = rows(800, seed=6)
    values = batch["normal"].to_numpy().copy()
    values[::3] = np.inf
    assessment = tabular(compare, rows(3_000, seed=5), batch.set_column(0, "normal", pa.array(values)))
    assert of(assessment, "normal").level is Level.DRIFT


def test_too_few_rows_are_not_enough_data(compare: Compare) -> None:
    assert tabular(compare, rows(3_000, seed=5), rows(99, seed=6)).level is Level.NOT_ENOUGH_DATA


def test_asked_again_it_says_the_same(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=5, missing=0.2), rows(800, seed=6, missing=0.2)
    assert tabular(compare, reference, batch) == tabular(compare, reference, batch)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_bikes_of_the_same_year_do_not_drift(compare: Compare, shared: Path, number: int) -> None:
    reference, batch = (
        pq.read_table(shared / "data" / "bike" / f"{name}.parquet") for name in ("reference", f"batch-{number:02}")
    )
    assert tabular(compare, reference, batch).level in (Level.NONE, Level.NOTICE)


def test_bikes_of_the_next_summer_drift_where_their_readme_says(compare: Compare, shared: Path) -> None:
    reference, batch = (
        pq.read_table(shared / "data" / "bike" / f"{name}.parquet") for name in ("reference", "batch-08")
    )
    drifted = {column.name for column in tabular(compare, reference, batch).columns if column.level is Level.DRIFT}
    assert {"season", "temp", "atemp", "registered", "cnt"} <= drifted
    assert not {"hr", "weekday", "workingday"} & drifted


def test_what_is_constant_on_both_sides_does_not_drift(compare: Compare, shared: Path) -> None:
    reference, batch = (
        pq.read_table(shared / "data" / "elec2" / f"{name}.parquet") for name in ("reference", "batch-01")
    )
    assessment = tabular(compare, reference, batch)
    for name in ("vicprice", "vicdemand", "transfer"):
        assert (of(assessment, name).level, of(assessment, name).p, of(assessment, name).effect) == (Level.NONE, 1, 0)
