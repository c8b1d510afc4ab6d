"""Drift is what is both significant and large, or surely large; everything else is called what it is."""

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import SEVERITY, BatchAssessment, ColumnResult, Level

POLICY = DriftPolicy()


def judged(reference: pa.Table, batch: pa.Table, *critical: str, policy: DriftPolicy = POLICY) -> BatchAssessment:
    """Judge a table against another."""
    baseline = Baseline.of(reference)
    return assess(baseline, Counts.of(baseline, batch), policy, critical=critical)


def named(verdict: BatchAssessment, name: str, test: str) -> ColumnResult:
    """Find one result."""
    return next(column for column in verdict.columns if (column.name, column.test) == (name, test))


def normal(rows: int, *, seed: int, shift: float = 0.0) -> pa.Table:
    """Draw ten columns, the first of them shifted."""
    random = np.random.default_rng(seed)
    return pa.table({f"x{at}": random.standard_normal(rows) + shift * (at == 0) for at in range(10)})


REFERENCE = normal(20_000, seed=1)


def test_the_same_distribution_is_no_drift() -> None:
    verdicts = [judged(REFERENCE, normal(rows, seed=seed)) for rows in (500, 5_000) for seed in range(10, 20)]
    assert [verdict.level for verdict in verdicts].count(Level.DRIFT) == 0


def test_a_quarter_of_a_sigma_is_drift_in_that_column_only() -> None:
    verdict = judged(REFERENCE, normal(5_000, seed=2, shift=0.25))
    assert verdict.level is Level.DRIFT
    assert {column.name for column in verdict.columns if column.level is Level.DRIFT} == {"x0"}
    assert "x0" in verdict.reason
    assert verdict.columns[0].name == "x0"
    assert "larger values" in verdict.columns[0].detail


def test_a_hundredth_of_a_sigma_is_never_drift_however_many_rows() -> None:
    random = np.random.default_rng(3)
    baseline = Baseline.of(pa.table({"x": random.standard_normal(1_000_000)}))
    batch = Counts.of(baseline, pa.table({"x": random.standard_normal(1_000_000) + 0.01}))
    verdict = assess(baseline, batch, POLICY)
    assert verdict.level is Level.NOTICE
    assert named(verdict, "x", "ks").p == pytest.approx(0, abs=1e-4)


def test_a_change_below_the_threshold_is_drift_once_it_is_sure() -> None:
    random = np.random.default_rng(4)
    baseline = Baseline.of(pa.table({"x": random.standard_normal(400_000)}))
    batch = Counts.of(baseline, pa.table({"x": random.standard_normal(400_000) + 0.1}))
    result = named(assess(baseline, batch, POLICY), "x", "ks")
    assert result.threshold is not None
    assert result.lower is not None
    assert 0.02 < result.lower < result.effect < result.threshold
    assert result.level is Level.DRIFT


def test_a_larger_effect_may_be_asked_for() -> None:
    lenient = DriftPolicy(effect=0.5)
    assert judged(REFERENCE, normal(5_000, seed=2, shift=0.25), policy=lenient).level is Level.NOTICE


def test_a_constant_is_no_drift_from_itself_and_is_from_another() -> None:
    constant = pa.table({"x": np.full(1_000, 0.4)})
    assert judged(constant, constant).level is Level.NONE
    assert judged(constant, pa.table({"x": np.full(1_000, 0.5)})).level is Level.DRIFT


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_rise_of_missing_values_is_drift_and_told_apart(missing: float | None) -> None:
    values = [1.0] * 950
    reference = pa.table({"x": pa.array([*values, *[None] * 10])})
    verdict = judged(reference, pa.table({"x": pa.array([*values, *[missing] * 50], pa.float64())}))
    result = named(verdict, "x", "null_rate")
    assert (verdict.level, result.level, result.threshold) == (Level.DRIFT, Level.DRIFT, 0.025)
    assert ("NaN 5.00%" in result.detail) == (missing is not None)


@pytest.mark.parametrize("empty", [pa.nulls(500), pa.array([None] * 500, pa.float64()), pa.array([float("nan")] * 500)])
@pytest.mark.parametrize("before", [0.0, 0.5, 0.96])
def test_a_column_that_lost_every_value_is_never_passed_over(empty: pa.Array, before: float) -> None:
    rows = 20_000
    present = pa.array(np.arange(rows, dtype=float), mask=np.arange(rows) < rows * before)
    reference = pa.table({"x": present, "y": np.zeros(rows)})
    batch = pa.table({"x": empty, "y": np.zeros(500)})
    assert judged(reference, batch).level is Level.DRIFT
    assert judged(reference, batch, "x").level is Level.QUARANTINED


def test_a_column_always_empty_is_no_drift_but_is_said_to_be_unjudged() -> None:
    table = pa.table({"x": pa.nulls(500), "y": np.zeros(500)})
    verdict = judged(table, table)
    assert verdict.level is Level.NONE
    assert named(verdict, "x", "not_judged").level is Level.UNKNOWN
    assert "1 not judged" in verdict.reason


def test_a_lost_column_is_drift_and_refuses_the_batch_if_critical() -> None:
    batch = normal(500, seed=5).drop_columns("x3")
    assert judged(REFERENCE, batch).level is Level.DRIFT
    refused = judged(REFERENCE, batch, "x3")
    assert refused.level is Level.QUARANTINED
    assert "x3 (missing from the batch)" in refused.reason


def test_a_critical_column_nobody_has_is_missing_too() -> None:
    assert judged(REFERENCE, normal(500, seed=5), "label").level is Level.QUARANTINED


def test_a_column_of_another_kind_is_drift_and_refuses_the_batch_if_critical() -> None:
    batch = normal(500, seed=5).set_column(3, "x3", pa.array(["a"] * 500))
    assert judged(REFERENCE, batch).level is Level.DRIFT
    refused = judged(REFERENCE, batch, "x3")
    assert refused.level is Level.QUARANTINED
    assert "string, expected number" in named(refused, "x3", "schema").detail


def test_the_schema_is_judged_however_few_the_rows() -> None:
    assert judged(REFERENCE, normal(0, seed=5).drop_columns("x3"), "x3").level is Level.QUARANTINED


def test_a_new_column_is_noticed() -> None:
    batch = normal(2_000, seed=11)
    verdict = judged(REFERENCE, batch.append_column("new", pa.array(np.zeros(2_000))))
    assert verdict.level is Level.NOTICE
    assert "new" in verdict.reason


def test_order_and_width_of_columns_do_not_matter() -> None:
    batch = normal(2_000, seed=11)
    narrow = pa.table({name: batch[name].cast(pa.float32()) for name in reversed(batch.column_names)})
    assert judged(REFERENCE, narrow).level is Level.NONE


@pytest.mark.parametrize(("reference", "batch"), [(20_000, 99), (20_000, 0), (99, 500)])
def test_too_few_rows_are_said_to_be_too_few(reference: int, batch: int) -> None:
    verdict = judged(normal(reference, seed=1), normal(batch, seed=2, shift=3))
    assert (verdict.level, verdict.n) == (Level.NOT_ENOUGH_DATA, batch)
    assert "expected at least 100" in verdict.reason


def test_a_table_of_nested_columns_is_unknown_and_each_is_listed() -> None:
    table = pa.table({"a": [[1]] * 200, "b": [{"c": 1}] * 200})
    verdict = judged(table, table)
    assert verdict.level is Level.UNKNOWN
    assert {column.name for column in verdict.columns if column.test == "not_judged"} == {"a", "b"}


def test_nested_values_that_vanish_are_drift() -> None:
    table = pa.table({"a": [[1]] * 500})
    assert (
        judged(table, pa.table({"a": pa.array([None] * 400 + [[1]] * 100, pa.list_(pa.int64()))})).level is Level.DRIFT
    )


def test_categories_that_change_their_shares_are_drift() -> None:
    reference = pa.table({"c": ["a"] * 5_000 + ["b"] * 5_000})
    result = named(judged(reference, pa.table({"c": ["a"] * 600 + ["b"] * 400})), "c", "chi2")
    assert result.effect == pytest.approx(0.1)
    assert result.level is Level.DRIFT


def test_categories_the_reference_does_not_have_are_drift_above_one_percent() -> None:
    reference = pa.table({"c": ["a"] * 5_000 + ["b"] * 5_000})
    few, many = (pa.table({"c": ["a"] * 5_000 + ["b"] * (5_000 - new) + ["z"] * new}) for new in (60, 140))
    assert named(judged(reference, few), "c", "new_categories").level is Level.NOTICE
    assert named(judged(reference, many), "c", "new_categories").level is Level.DRIFT


def test_a_long_tail_of_categories_is_expected_to_bring_new_ones() -> None:
    random = np.random.default_rng(8)
    words = np.array([f"word{at}" for at in range(200_000)])
    reference, batch = (
        pa.table({"c": words[np.minimum(random.zipf(1.5, rows), 200_000) - 1]}) for rows in (10_000, 2_000)
    )
    result = named(judged(reference, batch), "c", "new_categories")
    assert result.level is Level.NONE
    assert judged(reference, batch).level is Level.NONE


def test_p_values_are_adjusted_over_columns_and_kinds_of_test() -> None:
    random = np.random.default_rng(9)
    mask = random.random(2_000) < 0.1
    table = pa.table({"x": pa.array(random.standard_normal(2_000), mask=mask), "c": random.choice(["a", "b"], 2_000)})
    verdict = judged(table, table.slice(0, 900))
    assert verdict.tests == 3
    for column in verdict.columns:
        assert column.p is not None
        assert column.p_adjusted is not None
        assert column.p_adjusted >= column.p


def test_columns_stand_from_the_worst_to_the_best() -> None:
    batch = normal(5_000, seed=2, shift=0.25).append_column("new", pa.array(np.zeros(5_000))).drop_columns("x7")
    levels = [SEVERITY.index(column.level) for column in judged(REFERENCE, batch).columns]
    assert levels == sorted(levels, reverse=True)


def test_hostile_names_are_harmless_and_short_in_the_reason() -> None:
    name = "\x1b[31m\n" + "x" * 5_000
    reference = pa.table({name: np.zeros(500)})
    verdict = judged(reference, pa.table({name: np.ones(500)}))
    assert verdict.reason.isprintable()
    assert len(verdict.reason) <= 400
    assert len(verdict.columns[0].name) <= 200


def test_the_verdict_holds_no_values_of_the_data() -> None:
    reference = pa.table({"c": ["canary-one"] * 500 + ["canary-two"] * 500, "x": [7654.125] * 1_000})
    verdict = judged(reference, pa.table({"c": ["canary-three"] * 1_000, "x": [8765.125] * 1_000}))
    assert verdict.level is Level.DRIFT
    assert not any(word in verdict.model_dump_json() for word in ("canary", "7654", "8765"))


def test_an_assessment_is_cut_to_its_worst_columns() -> None:
    verdict = judged(REFERENCE, normal(5_000, seed=2, shift=0.25))
    short = verdict.shortened(3)
    assert short.columns == verdict.columns[:3]
    assert short.tests == verdict.tests
