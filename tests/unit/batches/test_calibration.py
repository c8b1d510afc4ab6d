"""Thresholds from a history keep the rate that is stated of them, and say what cannot be stated."""

import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.calibration import Calibration, Points, alarm_points, calibrated
from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import ColumnPolicy, DriftPolicy
from holdfast.batches.verdict import ColumnResult, Level

EFFECT = 0.05


def found(history: Sequence[Points], asked: float = 0.1) -> Calibration:
    """Calibrate from the default effect."""
    return calibrated(history, asked=asked, effect=EFFECT)


def points_of(random: np.random.Generator, batches: int, columns: int = 20) -> list[Points]:
    """Draw histories in which every column alarms now and then."""
    return [{f"x{at}": float(random.exponential(0.05)) for at in range(columns)} for _ in range(batches)]


@pytest.mark.parametrize("columns", [1, 20])
def test_the_next_batch_alarms_as_seldom_as_stated(columns: int) -> None:
    random = np.random.default_rng(1)
    alarms, stated = 0, 0.0
    for _ in range(600):
        *history, following = points_of(random, 21, columns)
        calibration = found(history, asked=0.1)
        stated += calibration.stated / 600
        alarms += bool(calibration.thresholds.alarms(following))
    assert stated <= 0.1
    assert alarms / 600 <= stated + 3 * math.sqrt(0.1 * 0.9 / 600)
    assert alarms / 600 >= stated / 3


def test_one_noisy_column_is_given_its_own_threshold_and_no_other_column_is_blinded() -> None:
    random, alarms, stated = np.random.default_rng(2), 0, 0.0
    for _ in range(400):
        *history, following = [
            {**{f"x{at}": 0.0 for at in range(9)}, "noisy": float(random.uniform(0.1, 0.6))} for _ in range(31)
        ]
        calibration = found(history)
        assert calibration.kind == "columns"
        assert calibration.thresholds.effect == EFFECT
        assert set(calibration.thresholds.columns) == {"noisy"}
        assert calibration.thresholds.alarms({"x1": 0.06}) == ["x1"]
        stated = calibration.stated
        alarms += bool(calibration.thresholds.alarms(following))
    assert stated == pytest.approx(2 / 31)
    assert alarms / 400 <= stated


def test_alarms_in_all_columns_take_one_threshold() -> None:
    calibration = found(points_of(np.random.default_rng(3), 60), asked=0.05)
    assert calibration.kind == "one"
    assert EFFECT < calibration.thresholds.effect < 1
    assert calibration.snippet() == {"effect": calibration.thresholds.effect}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 0.9), min_size=1, max_size=80), st.sampled_from([0.02, 0.05, 0.2]))
def test_no_batch_of_the_history_alarms_more_often_than_asked(worst: list[float], asked: float) -> None:
    calibration = found([{"a": point, "b": point / 2} for point in worst], asked)
    assert sum(bool(calibration.thresholds.alarms({"a": point})) for point in worst) <= asked * (len(worst) + 1)
    assert calibration.is_reached == (calibration.stated <= asked)
    assert 0 < calibration.stated <= 1


@pytest.mark.parametrize(("batches", "reached"), [(48, False), (49, True)])
def test_two_percent_take_forty_nine_batches(batches: int, reached: bool) -> None:
    calibration = found(points_of(np.random.default_rng(4), batches), asked=0.02)
    assert (calibration.is_reached, calibration.needed) == (reached, 49)
    assert calibration.stated == pytest.approx(1 / (batches + 1))


def test_a_quiet_history_allows_a_lower_threshold_only_if_it_is_long_enough() -> None:
    assert found([{"x": 0.0}] * 60, asked=0.02).thresholds.effect == 0.02
    assert found([{"x": 0.0}] * 10, asked=0.02).thresholds.effect == EFFECT


def test_what_no_threshold_stills_is_told_and_decides_nothing() -> None:
    history = [{"gone": math.inf, "x": 0.01}] * 30
    calibration = found(history)
    assert calibration.snippet() == {"effect": EFFECT, "columns": {"gone": {"weight": 0}}}
    assert DriftPolicy(columns={"gone": ColumnPolicy(weight=0)}).of("gone").weight == 0


def test_neighbours_that_are_alike_count_for_less() -> None:
    slow = [{"x": 0.2 + 0.1 * math.sin(at / 8)} for at in range(60)]
    calibration = found(slow, asked=0.05)
    assert calibration.dependence > 0.5
    assert calibration.alike < 30
    assert calibration.stated >= 1 / (calibration.alike + 1)
    assert calibration.needed > 19
    assert found(points_of(np.random.default_rng(5), 60), asked=0.05).dependence == 0


def test_each_batch_is_judged_by_all_the_others() -> None:
    history = [{"x": 0.0}] * 19 + [{"x": 0.5}]
    assert found(history).left_out == 1
    assert found(history).before == 1


def test_an_alarm_point_is_where_the_decision_turns() -> None:
    random = np.random.default_rng(6)
    reference = pa.table({name: random.standard_normal(20_000) for name in "abc"})
    baseline = Baseline.of(reference)
    rows = 4_000
    batch = pa.table(
        {"a": random.standard_normal(rows) + 0.3, "b": random.standard_normal(rows) * 1.3, "c": [None] * rows}
    )
    counts = Counts.of(baseline, batch)
    points = alarm_points(assess(baseline, counts, DriftPolicy()).columns, 0.01)
    assert min(points[name] for name in "ab") > 0.05
    for name in "ab":
        for effect, expected in ((points[name] - 1e-6, Level.DRIFT), (points[name] + 1e-6, Level.NOTICE)):
            policy = DriftPolicy(columns={name: ColumnPolicy(effect=min(effect, 0.999))})
            levels = {column.level for column in assess(baseline, counts, policy).columns if column.name == name}
            assert (Level.DRIFT in levels) == (expected is Level.DRIFT)


def test_a_lost_column_has_no_threshold_and_what_is_not_measured_has_no_point() -> None:
    lost = ColumnResult(name="x", test="schema", n=9, effect=1, level=Level.DRIFT, detail="missing from the batch")
    told = ColumnResult(name="y", test="not_judged", n=9, effect=0, level=Level.UNKNOWN, detail="ignored")
    assert alarm_points([lost, told], 0.01) == {"x": math.inf, "y": 0.0}
