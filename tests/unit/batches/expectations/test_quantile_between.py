"""A quantile is decided exactly, whatever knots the reference has."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.batches.expectations.conftest import Told


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=40),
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]),
    st.integers(-9, 9),
    st.integers(0, 9),
)
def test_it_agrees_with_the_ordered_values(told: Told, values: list[int], q: float, low: int, wide: int) -> None:
    exact = sorted(values)[max(1, math.ceil(q * len(values))) - 1]
    table = pa.table({"x": values})
    outcome = told(table, expect="quantile_between", column="x", quantile=q, minimum=low, maximum=low + wide)
    assert outcome.word == ("held" if low <= exact <= low + wide else "broken")
    assert f"is {exact}" in outcome.said, "the reference holds every value as a knot"


def test_between_the_knots_of_the_reference_it_is_still_exact_and_the_knots_are_told(told: Told) -> None:
    reference = pa.table({"x": [0.0, 10.0]})
    table = pa.table({"x": np.linspace(4, 6, 101)})
    said = {"expect": "quantile_between", "column": "x", "quantile": 0.5}
    assert told(table, reference=reference, **said, minimum=4.99, maximum=5.01).word == "held"
    outcome = told(table, reference=reference, **said, minimum=5.01, maximum=9)
    assert outcome.word == "broken"
    assert "between 0 and 10" in outcome.said


def test_no_value_is_no_pass(told: Told) -> None:
    empty = pa.table({"x": pa.nulls(2, pa.float64())})
    assert told(empty, expect="quantile_between", column="x", quantile=0.5, minimum=0).word == "broken"


@pytest.mark.parametrize("rank", range(1, 101))
def test_a_share_written_with_two_digits_is_that_share(told: Told, rank: int) -> None:
    """0.07 x 100 is a little more than 7 as a float."""
    table = pa.table({"x": range(1, 101)})
    said = {"expect": "quantile_between", "column": "x", "quantile": rank / 100}
    assert told(table, parts=1, **said, minimum=rank, maximum=rank).word == "held"
