"""The history tells since when a column is as it is and which is heading for its threshold."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.batches.why.history import Past
from holdfast.batches.why.since import History

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def past(ratios: Sequence[float]) -> list[Past]:
    """Give earlier batches with these multiples of the threshold; negative ones had smaller values."""
    return [
        Past(
            key=f"in/b-{number}.parquet", object_time=FIRST + timedelta(days=number), level=Level.DRIFT, n=500,
            effects={"x": abs(ratio)}, lower=("x",) if ratio < 0 else (), higher=("x",) if ratio > 0 else (),
        )
        for number, ratio in enumerate(ratios)
    ]  # fmt: skip


def history(ratios: Sequence[float], *, is_lower: bool = False) -> History:
    """Give the history whose last batch is the one that is explained."""
    *before, now = ratios
    said = ColumnResult(name="x", test="ks", n=500, effect=now / 20, threshold=0.05, level=Level.DRIFT, detail="moved")
    assessment = BatchAssessment(level=Level.DRIFT, n=500, reason="drift", columns=(said,))
    lower, higher = (("x",), ()) if is_lower else ((), ("x",))
    return History.of(assessment, past(before), lower=lower, higher=higher)


def test_the_first_batch_of_the_change_is_named_with_its_time() -> None:
    began = history([0.2, 0.3, 0.2, 3.0, 3.5, 3.2]).began("x")
    assert began is not None
    assert (began.key, began.object_time, began.batches) == ("in/b-3.parquet", FIRST + timedelta(days=3), 3)
    assert began.text.startswith("began with b-3.parquet, 3 batches up to this one: 3.2 times the threshold since then")


def test_a_change_of_this_very_batch_has_no_earlier_one() -> None:
    began = history([0.2, 0.3, 0.2, 4.0]).began("x")
    assert began is not None
    assert (began.key, began.object_time, began.batches) == ("", None, 1)
    assert began.text == "began with this batch: 4.0 times the threshold since then, 0.2 times before"


def test_a_change_to_the_other_side_is_a_change() -> None:
    began = history([-4.0, -4.2, -3.9, -4.1, 4.0, 4.1, 3.9]).began("x")
    assert began is not None
    assert began.key == "in/b-4.parquet"
    assert "4.0 times the other way before" in began.text
    assert history([4.0, 4.2, 3.9, 4.1, 4.0, 4.1, 3.9]).began("x") is None


def test_batches_that_were_not_judged_are_no_history() -> None:
    known = [one.model_copy(update={"level": Level.QUARANTINED}) for one in past([9.0] * 8)]
    assessment = BatchAssessment(level=Level.NONE, n=500, reason="none")
    assert History.of(assessment, known, lower=(), higher=()).batches == 1


def test_a_column_on_its_way_to_the_threshold_is_told_of() -> None:
    trend = history([0.05 * step for step in range(1, 15)]).trends({"x"})["x"]
    assert trend.text == "crosses the threshold in about 6 batches (6 to 6) if it goes on like this"
    assert (trend.batches, trend.earliest, trend.latest) == (6, 6, 6)


def test_a_column_of_another_batch_is_not_known() -> None:
    assert history([0.2, 0.3, 0.2, 4.0]).began("y") is None
