"""A verdict in one sentence that stays short whatever is in it."""

import pytest

from holdfast.batches.sentence import briefly, probability, reason
from holdfast.batches.verdict import ColumnResult, Level, Test


def result(name: str, level: Level = Level.DRIFT, test: Test = "ks") -> ColumnResult:
    """Make a result."""
    numbers = {"lower": 0.08, "upper": 0.15, "p": 1e-20, "p_adjusted": 1e-18, "threshold": 0.05}
    return ColumnResult(name=name, test=test, n=900, effect=0.113, level=level, detail="larger values", **numbers)


def test_a_column_is_told_with_effect_interval_p_and_threshold() -> None:
    assert briefly(result("temp")) == "temp (distance 0.113 (0.080 to 0.150), p 1e-20, threshold 0.050)"


@pytest.mark.parametrize(
    ("level", "words"),
    [(Level.DRIFT, "drift in temp"), (Level.NOTICE, "small changes in temp"), (Level.UNKNOWN, "not judged: temp")],
)
def test_the_level_has_its_words(level: Level, words: str) -> None:
    assert reason(level, [result("temp", level)], tests=5, n=900, score=0.1, reached=None).startswith(words)


def test_three_columns_are_named_and_the_others_counted() -> None:
    said = reason(Level.DRIFT, [result(f"x{at}") for at in range(9)], tests=50, n=1, score=0.1, reached=None)
    assert "x2" in said
    assert "x3" not in said
    assert said.endswith("and 6 more; 1 row")


def test_long_names_leave_room_for_what_was_measured() -> None:
    said = reason(Level.DRIFT, [result("x" * 200 + str(at)) for at in range(9)], tests=9, n=9, score=0.1, reached=0.1)
    assert len(said) <= 400
    assert said.endswith("9 rows")


def test_what_is_not_judged_is_counted_beside() -> None:
    told = result("at", Level.UNKNOWN, "not_judged")
    assert reason(Level.DRIFT, [result("x"), told], tests=9, n=9, score=None, reached=None).endswith("; 1 not judged")
    assert reason(Level.UNKNOWN, [told], tests=0, n=9, score=None, reached=None).startswith("no column")


def test_no_p_is_ever_nought() -> None:
    assert (probability(0.0), probability(0.0321)) == ("< 1e-300", "0.032")


def test_a_column_without_a_name_is_told_as_one_and_one_is_not_many() -> None:
    assert briefly(result("")).startswith("'' (distance")
    said = reason(Level.NONE, [result("x", Level.NONE)], tests=1, n=5, score=0.0, reached=None)
    assert said == "no significant change in 1 column by 1 test; 5 rows"
