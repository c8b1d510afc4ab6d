"""Drift is what is both significant and large, or surely large; everything else is called what it is."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import ColumnPolicy, DriftPolicy
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


def test_columns_that_are_seldom_anything_but_zero_are_no_drift_from_themselves() -> None:
    random = np.random.default_rng(11)

    def drawn(rows: int) -> pa.Table:
        some = {f"x{at}": np.where(random.random(rows) < 0.96, 0, random.exponential(50, rows)) for at in range(8)}
        late = np.maximum(0, random.random(rows) - 0.92)
        return pa.table({**some, "late": late, "charged": late * random.uniform(1, 2, rows)})

    baseline = Baseline.of(drawn(10_000))
    verdicts = [assess(baseline, Counts.of(baseline, drawn(rows)), POLICY) for rows in (100, 200) for _ in range(30)]
    assert [verdict.level for verdict in verdicts].count(Level.DRIFT) <= 1


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
    assert verdict.tests == 9
    for column in verdict.columns:
        assert column.p is not None
        assert column.p_adjusted is not None
        assert column.p_adjusted >= column.p


def test_a_category_that_is_gone_is_drift_even_if_it_was_rare() -> None:
    random = np.random.default_rng(21)
    reference = pa.table({"c": random.choice(["a", "b", "c"], 20_000, p=[0.6, 0.38, 0.02])})
    batch = pa.table({"c": random.choice(["a", "b"], 3_000, p=[0.61, 0.39])})
    result = named(judged(reference, batch), "c", "vanished_categories")
    assert (result.level, result.threshold) == (Level.DRIFT, 0.01)
    assert result.effect == pytest.approx(0.02, abs=0.003)
    assert "1 category" in result.detail
    few = judged(reference, batch.slice(0, 100))
    assert not any(column.test == "vanished_categories" for column in few.columns)


def test_a_long_tail_of_categories_need_not_all_come_again() -> None:
    random = np.random.default_rng(22)
    words = np.array([f"word{at}" for at in range(5_000)])
    reference, batch = (pa.table({"c": random.choice(words, rows)}) for rows in (20_000, 1_000))
    assert judged(reference, batch).level is Level.NONE


def test_values_outside_the_reference_are_drift_above_what_order_statistics_expect() -> None:
    random = np.random.default_rng(23)
    reference = pa.table({"x": random.standard_normal(20_000)})
    values = random.standard_normal(4_000)
    for outside, level in ((3, None), (20, Level.NOTICE), (60, Level.DRIFT)):
        batch = values.copy()
        batch[:outside] = 9.0
        found = [column for column in judged(reference, pa.table({"x": batch})).columns if column.test == "range"]
        if level is None:
            assert {column.level for column in found} <= {Level.NONE}
        else:
            assert (found[0].level, found[0].effect) == (level, pytest.approx(outside / 4_000, abs=1e-3))
    assert "above its greatest" in found[0].detail


def test_a_shorter_reference_expects_more_values_outside_of_it() -> None:
    random = np.random.default_rng(24)
    levels = [judged(*(pa.table({"x": random.standard_t(2, rows)}) for rows in (200, 2_000))).level for _ in range(40)]
    assert levels.count(Level.DRIFT) <= 1


def together(rows: int, correlation: float, *, seed: int) -> pa.Table:
    """Draw a pair of columns that go together, and one beside them."""
    random = np.random.default_rng(seed)
    a, noise = random.standard_normal(rows), random.standard_normal(rows)
    b = correlation * a + np.sqrt(1 - correlation**2) * noise
    return pa.table({"a": a, "b": b, "c": random.standard_normal(rows)})


def test_columns_that_no_longer_go_together_are_drift_though_each_is_as_it_was() -> None:
    reference = together(20_000, 0.7, seed=1)
    verdict = judged(reference, together(1_000, 0.2, seed=2))
    drifted = [column for column in verdict.columns if column.level is Level.DRIFT]
    assert [(column.test, column.threshold) for column in drifted] == [("rank_correlation", 0.1)]
    assert drifted[0].effect == pytest.approx(0.49, abs=0.1)
    assert "+0.68 before, +0.2" in drifted[0].detail
    assert judged(reference, together(1_000, 0.7, seed=3)).level is Level.NONE


def test_every_effect_stands_in_its_interval() -> None:
    verdict = judged(REFERENCE, normal(5_000, seed=2, shift=0.25))
    for column in verdict.columns:
        assert column.lower is not None
        assert column.upper is not None
        assert 0 <= column.lower <= column.effect <= column.upper <= 2


def test_intervals_hold_the_true_effect_in_all_columns_at_once() -> None:
    random = np.random.default_rng(25)
    truth = 0.0987  # of normal distributions a quarter of a deviation apart: 2 Phi(1/8) - 1
    reference = Baseline.of(pa.table({"x": random.standard_normal(50_000)}))
    for rows in (200, 2_000):
        found = [
            named(assess(reference, Counts.of(reference, pa.table({"x": random.standard_normal(rows) + 0.25})), POLICY),
                  "x", "ks") for _ in range(40)
        ]  # fmt: skip
        assert all((column.lower or 0) <= truth <= (column.upper or 0) for column in found)


def test_the_reason_prints_what_the_decision_rests_on() -> None:
    verdict = judged(REFERENCE, normal(5_000, seed=2, shift=0.25))
    result = verdict.columns[0]
    for part in (
        "5,000 rows", f"{result.effect:.3f}", f"{result.lower:.3f} to {result.upper:.3f}", f"p {result.p:.2g}",
        "threshold 0.050",
    ):  # fmt: skip
        assert part in verdict.reason


def test_a_column_may_have_a_threshold_of_its_own() -> None:
    shifted = normal(5_000, seed=2, shift=0.25)
    lenient = DriftPolicy(columns={"x0": ColumnPolicy(effect=0.3)})
    assert judged(REFERENCE, shifted, policy=lenient).level is Level.NOTICE
    strict = DriftPolicy(effect=0.3, columns={"x0": ColumnPolicy(effect=0.05)})
    assert judged(REFERENCE, shifted, policy=strict).level is Level.DRIFT


@pytest.mark.parametrize("batch", ["shifted", "without", "empty", "text"])
def test_a_column_of_weight_zero_is_told_and_decides_nothing(batch: str) -> None:
    table = normal(5_000, seed=2, shift=0.25)
    tables = {
        "shifted": table,
        "without": table.drop_columns("x0"),
        "empty": table.set_column(0, "x0", pa.array([None] * 5_000, pa.float64())),
        "text": table.set_column(0, "x0", pa.array(["a"] * 5_000)),
    }
    policy = DriftPolicy(columns={"x0": ColumnPolicy(weight=0)})
    assert judged(REFERENCE, tables[batch], policy=DriftPolicy()).level is Level.DRIFT
    verdict = judged(REFERENCE, tables[batch], policy=policy)
    assert verdict.level is Level.NOTICE
    assert verdict.score == 0
    assert {column.weight for column in verdict.columns if column.name == "x0"} == {0}


def test_an_ignored_column_is_not_tested_and_said_to_be_so() -> None:
    shifted = normal(5_000, seed=2, shift=0.25)
    verdict = judged(REFERENCE, shifted, policy=DriftPolicy(columns={"x0": ColumnPolicy(ignore=True)}))
    assert verdict.level is Level.NONE
    assert {column.test for column in verdict.columns if column.name == "x0"} == {"not_judged"}
    assert "1 not judged" in verdict.reason


def test_a_critical_column_counts_whatever_its_weight() -> None:
    policy = DriftPolicy(columns={"x0": ColumnPolicy(weight=0), "x1": ColumnPolicy(ignore=True)})
    batch = normal(500, seed=2).drop_columns(["x0", "x1"])
    assert judged(REFERENCE, batch, "x0", policy=policy).level is Level.QUARANTINED
    assert judged(REFERENCE, batch, "x1", policy=policy).level is Level.QUARANTINED


def test_a_name_that_nobody_has_is_told() -> None:
    verdict = judged(REFERENCE, normal(500, seed=2), policy=DriftPolicy(columns={"temprature": ColumnPolicy(weight=2)}))
    assert named(verdict, "temprature", "not_judged").level is Level.UNKNOWN


def test_the_score_is_the_weighted_mean_of_what_changed() -> None:
    batch = normal(5_000, seed=2, shift=0.25)
    plain = judged(REFERENCE, batch)
    effect = named(plain, "x0", "ks").effect
    assert plain.score == pytest.approx(effect / 10)
    heavier = judged(REFERENCE, batch, policy=DriftPolicy(columns={"x0": ColumnPolicy(weight=11)}))
    assert heavier.score == pytest.approx(effect * 11 / 20)
    assert judged(REFERENCE, normal(5_000, seed=12)).score == 0


def test_a_lost_column_counts_as_one_and_a_refused_batch_has_no_score() -> None:
    batch = normal(5_000, seed=12).drop_columns("x3")
    assert judged(REFERENCE, batch).score == pytest.approx(0.1)
    assert judged(REFERENCE, batch, "x3").score is None
    assert judged(REFERENCE, batch.slice(0, 50)).score is None


def test_many_small_changes_are_drift_together_if_the_score_is_asked_for() -> None:
    random = np.random.default_rng(26)
    names = [f"x{at}" for at in range(10)]
    reference = pa.table({name: random.standard_normal(40_000) for name in names})
    batch = pa.table({name: random.standard_normal(20_000) + 0.06 for name in names})
    assert judged(reference, batch).level is Level.NOTICE
    verdict = judged(reference, batch, policy=DriftPolicy(score=0.015))
    assert verdict.level is Level.DRIFT
    assert verdict.reason.startswith("the batch as a whole departs by 0.02")
    assert judged(reference, batch, policy=DriftPolicy(score=0.9)).level is Level.NOTICE


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.sampled_from([f"x{at}" for at in range(10)]), st.floats(0, 100), max_size=10),
    st.floats(0, 3),
)
def test_the_score_is_a_share_and_grows_with_the_weight_of_what_changed(
    weights: dict[str, float], shift: float
) -> None:
    batch = normal(1_000, seed=2, shift=shift)
    columns = {name: ColumnPolicy(weight=weight) for name, weight in weights.items()}
    found = judged(REFERENCE, batch, policy=DriftPolicy(columns=columns)).score
    heavier = {**columns, "x0": ColumnPolicy(weight=columns.get("x0", ColumnPolicy()).weight + 50)}
    more = judged(REFERENCE, batch, policy=DriftPolicy(columns=heavier)).score
    assert found is None or 0 <= found <= 1
    assert more is not None
    assert more >= (found or 0) - 1e-12


def test_time_that_moves_on_is_not_drift_unless_it_is_asked_for() -> None:
    start = np.datetime64("2026-01-01T00:00:00")
    moments = [start + np.arange(first, first + 2_000) for first in (0, 2_000)]
    reference, batch = (normal(2_000, seed=1).append_column("at", pa.array(part)) for part in moments)
    verdict = judged(reference, batch)
    assert verdict.level is Level.NONE
    assert "move on" in named(verdict, "at", "not_judged").detail
    asked = DriftPolicy(columns={"at": ColumnPolicy(effect=0.05)})
    assert judged(reference, batch, policy=asked).level is Level.DRIFT


def test_time_that_is_lost_is_drift() -> None:
    moments = pa.array(np.datetime64("2026-01-01T00:00:00") + np.arange(2_000))
    reference = normal(2_000, seed=1).append_column("at", moments)
    half = pa.array([None if at % 2 else moment for at, moment in enumerate(moments)], moments.type)
    assert judged(reference, reference.set_column(10, "at", half)).level is Level.DRIFT


def test_what_expectations_say_takes_part() -> None:
    said = ColumnResult(name="x0", test="expectation", n=9, effect=0, level=Level.QUARANTINED, detail="not_null: 3 are")
    baseline = Baseline.of(REFERENCE)
    counts = Counts.of(baseline, normal(5_000, seed=12))
    verdict = assess(baseline, counts, POLICY, extra=(said,))
    assert verdict.level is Level.QUARANTINED
    assert verdict.columns[0] == said
    assert "x0 (not_null: 3 are)" in verdict.reason
    few = assess(baseline, Counts.of(baseline, normal(20, seed=12)), POLICY, extra=(said,))
    assert few.level is Level.QUARANTINED


@pytest.mark.parametrize("level", [Level.UNKNOWN, Level.NOT_ENOUGH_DATA])
def test_what_could_not_be_counted_is_no_pass(level: Level) -> None:
    said = ColumnResult(name="x0", test="expectation", n=9, effect=0, level=level, detail="regex: not counted")
    baseline = Baseline.of(REFERENCE)
    verdict = assess(baseline, Counts.of(baseline, normal(5_000, seed=12)), POLICY, extra=(said,))
    assert verdict.level is level
    assert "x0 (regex: not counted)" in verdict.reason


def test_the_contract_has_the_last_word_on_a_columns_schema() -> None:
    said = ColumnResult(name="new", test="schema", n=9, effect=0, level=Level.NONE, detail="optional since version 2")
    baseline = Baseline.of(REFERENCE)
    batch = normal(5_000, seed=12).append_column("new", pa.array(np.zeros(5_000)))
    assert assess(baseline, Counts.of(baseline, batch), POLICY).level is Level.NOTICE
    assert assess(baseline, Counts.of(baseline, batch), POLICY, extra=(said,)).level is Level.NONE


@pytest.mark.parametrize(("rows", "said"), [(1, "the batch has 1 row,"), (2, "the batch has 2 rows,")])
def test_rows_are_counted_in_english(rows: int, said: str) -> None:
    assert said in judged(REFERENCE, normal(rows, seed=1)).reason


@pytest.mark.parametrize("kind", ["text", "identifiers", "few rows"])
def test_text_and_identifiers_that_never_come_again_are_no_drift(kind: str) -> None:
    random = np.random.default_rng(27)
    rows = (3_000, 120 if kind == "few rows" else 1_500)
    made = {
        "text": lambda n: [" ".join(random.choice(["a", "bb", "ccc", "dddd"], 12)) for _ in range(n)],
        "identifiers": lambda n: [f"{value:016x}" for value in random.integers(0, 2**62, n)],
        "few rows": lambda n: random.choice(["a", "b", "c"], n).tolist(),
    }[kind]
    assert judged(*(pa.table({"t": made(n), "x": random.standard_normal(n)}) for n in rows)).level is Level.NONE


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


def test_a_notice_does_not_hide_what_could_not_be_counted() -> None:
    levels = {"x0": Level.NOTICE, "x1": Level.UNKNOWN}
    said = [
        ColumnResult(name=name, test="expectation", n=9, effect=0, level=level, detail="regex: not counted")
        for name, level in levels.items()
    ]
    baseline = Baseline.of(REFERENCE)
    verdict = assess(baseline, Counts.of(baseline, normal(5_000, seed=12)), POLICY, extra=said)
    assert verdict.level is Level.UNKNOWN
    assert "x1 (regex: not counted)" in verdict.reason
    drifted = assess(baseline, Counts.of(baseline, normal(5_000, seed=12, shift=1)), POLICY, extra=said)
    assert drifted.level is Level.DRIFT


def test_a_critical_column_that_lost_every_value_refuses_the_batch_though_drift_in_it_is_ignored() -> None:
    batch = normal(5_000, seed=12)
    lost = batch.set_column(batch.schema.get_field_index("x1"), "x1", pa.nulls(5_000, pa.float64()))
    policy = DriftPolicy.model_validate({"columns": {"x1": {"ignore": True}}})
    baseline = Baseline.of(REFERENCE)
    assert assess(baseline, Counts.of(baseline, lost), policy, critical=("x1",)).level is Level.QUARANTINED
    assert assess(baseline, Counts.of(baseline, lost), policy).level is Level.NONE
    shifted = batch.set_column(batch.schema.get_field_index("x1"), "x1", pa.array(np.full(5_000, 9.0)))
    assert assess(baseline, Counts.of(baseline, shifted), policy, critical=("x1",)).level is Level.NONE


LONG = "a" * 250


def test_what_the_manifest_says_of_a_column_with_a_long_name_is_obeyed() -> None:
    reference, lost = pa.table({f"{LONG}1": [1.0] * 300, f"{LONG}2": [1.0] * 300, "x": [1.0] * 300}), {"x": [1.0] * 300}
    weightless = DriftPolicy(columns={f"{LONG}1": ColumnPolicy(weight=0), f"{LONG}2": ColumnPolicy(weight=0)})
    assert judged(reference, pa.table(lost)).level is Level.DRIFT
    assert judged(reference, pa.table(lost), policy=weightless).level is Level.NOTICE
    assert judged(reference, pa.table(lost), f"{LONG}2", policy=weightless).level is Level.QUARANTINED
