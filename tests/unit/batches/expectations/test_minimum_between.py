"""The minimum of the finite values is held against bounds."""

import pyarrow as pa
import pytest

from tests.unit.batches.expectations.conftest import Told

VALUES = [1.0, 2.0, 3.0, 4.0]
EXACT = min(VALUES)


@pytest.mark.parametrize(
    ("minimum", "maximum", "word"),
    [(EXACT - 1e-6, EXACT + 1e-6, "held"), (EXACT + 0.01, None, "broken"), (None, EXACT - 0.01, "broken")],
)
def test_it_is_held_against_both_bounds(told: Told, minimum: float, maximum: float, word: str) -> None:
    table = pa.table({"x": [*VALUES, None, float("nan")]})
    outcome = told(table, expect="minimum_between", column="x", minimum=minimum, maximum=maximum)
    assert outcome.word == word
    assert f"{EXACT:g}, expected" in outcome.said


def test_infinite_values_and_none_are_no_pass(told: Told) -> None:
    infinite = pa.table({"x": [1.0, float("inf")]})
    assert told(infinite, expect="minimum_between", column="x", minimum=0).word == "broken"
    assert (
        told(pa.table({"x": pa.nulls(2, pa.float64())}), expect="minimum_between", column="x", minimum=0).word
        == "broken"
    )
    assert told(pa.table({"x": ["a"]}), expect="minimum_between", column="x", minimum=0).word == "uncountable"


@pytest.mark.parametrize("bounds", [{"minimum": -20_000, "maximum": 20_000}, {"minimum": 0, "maximum": 5}])
def test_what_a_single_row_holds_is_told_to_one_digit(told: Told, bounds: dict[str, float]) -> None:
    outcome = told(pa.table({"x": [1.0, -12_345.678]}), expect="minimum_between", column="x", **bounds)
    assert "about -10000, expected" in outcome.said
    assert ("within the bounds" in outcome.said) == (outcome.word == "held")
    assert "123" not in outcome.said
