"""The past is put in order, bounded, and says of each column how far it was from its threshold."""

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level, Test, refused
from holdfast.batches.why.history import MOST_BATCHES, MOST_COLUMNS, Past, past_of, ratios, remembered, series

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def result(name: str, test: Test, effect: float, threshold: float | None = 0.05) -> ColumnResult:
    """Give one test's result."""
    return ColumnResult(
        name=name, test=test, n=100, effect=effect, threshold=threshold, level=Level.DRIFT, detail="changed"
    )


def assessed(*columns: ColumnResult) -> BatchAssessment:
    """Give a verdict on these columns."""
    return BatchAssessment(level=Level.DRIFT, n=100, reason="drift", columns=columns)


def batch(number: int, *, key: str | None = None, **effects: float) -> Past:
    """Give an earlier batch of that day."""
    time = FIRST + timedelta(days=number)
    return Past(key=key or f"b-{number}", object_time=time, level=Level.DRIFT, n=100, effects=effects)


def test_an_effect_is_told_in_thresholds() -> None:
    known = past_of(
        assessed(result("x", "ks", 0.123456), result("y", "null_rate", 0.01, 0.025)),
        key="b", object_time=FIRST, lower=["x", "z"], higher=["y"],
    )  # fmt: skip
    assert known.effects == {"x": 2.469, "y": 0.4}
    assert (known.lower, known.higher) == (("x",), ("y",))
    assert Past.model_validate_json(known.model_dump_json()) == known


def test_a_column_is_as_far_as_its_values_moved_or_else_as_its_worst_test_says() -> None:
    spread = assessed(result("x", "range", 0.9, 0.01), result("x", "ks", 0.5), result("x", "null_rate", 0.0, 0.025))
    tails = assessed(result("x", "range", 0.03, 0.01), result("x", "ks", 0.02))
    assert ratios(spread) == {"x": 10.0}
    assert ratios(tails) == {"x": 3.0}


def test_what_cannot_be_told_from_noise_hides_no_trend_of_the_values() -> None:
    noise = result("x", "rank_correlation", 0.06, 0.1).model_copy(update={"level": Level.NONE})
    assert ratios(assessed(noise, result("x", "ks", 0.01))) == {"x": 0.2}


def test_what_has_no_threshold_has_no_past() -> None:
    assert ratios(assessed(result("x", "schema", 1.0, None))) == {}


def test_nothing_is_known_of_the_columns_of_a_refused_batch() -> None:
    known = past_of(refused("broken"), key="b", object_time=FIRST)
    assert (known.level, known.effects) == (Level.QUARANTINED, {})


def test_only_the_columns_that_come_first_are_remembered() -> None:
    wide = assessed(*(result(f"x{number}", "ks", 0.1) for number in range(MOST_COLUMNS + 5)))
    assert list(past_of(wide, key="b", object_time=FIRST).effects) == [f"x{number}" for number in range(MOST_COLUMNS)]


@pytest.mark.parametrize("shuffled", [[2, 0, 1], [1, 2, 0]])
def test_batches_are_in_the_order_of_their_objects_whatever_order_they_are_told_in(shuffled: list[int]) -> None:
    assert [one.key for one in remembered(batch(number) for number in shuffled)] == ["b-0", "b-1", "b-2"]


def test_the_latest_are_kept_and_a_batch_told_twice_counts_once() -> None:
    many = [batch(number) for number in range(MOST_BATCHES + 7)]
    kept = remembered([*many, *many])
    assert [one.key for one in kept] == [f"b-{number}" for number in range(7, MOST_BATCHES + 7)]


def test_a_batch_judged_late_has_only_its_own_past() -> None:
    known = remembered([batch(0), batch(1), batch(2)], before=FIRST + timedelta(days=1))
    assert [one.key for one in known] == ["b-0"]


def test_a_batch_that_says_nothing_of_a_column_is_left_out_of_its_history() -> None:
    history = series([batch(0, x=0.5), batch(1, y=9.0), batch(2, x=2.0)], "x")
    assert [(point.key, point.ratio) for point in history] == [("b-0", 0.5), ("b-2", 2.0)]
