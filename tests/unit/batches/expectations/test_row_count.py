"""Rows are counted, none too."""

import pyarrow as pa
import pytest

from tests.unit.batches.expectations.conftest import Told


@pytest.mark.parametrize(
    ("rows", "minimum", "maximum", "word"),
    [(0, 1, None, "broken"), (0, 0, None, "held"), (5, 5, 5, "held"), (6, None, 5, "broken")],
)
def test_rows_are_held_against_bounds(told: Told, rows: int, minimum: int, maximum: int, word: str) -> None:
    table = pa.table({"x": pa.array(range(rows), pa.int64())})
    assert told(table, expect="row_count", minimum=minimum, maximum=maximum).word == word
