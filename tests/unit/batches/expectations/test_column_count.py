"""Columns are counted."""

import pyarrow as pa

from tests.unit.batches.expectations.conftest import Told


def test_columns_are_held_against_bounds(told: Told) -> None:
    table = pa.table({"x": [1], "y": [2]})
    assert told(table, expect="column_count", minimum=2, maximum=2).word == "held"
    assert told(table, expect="column_count", minimum=3).said == "2 columns, expected at least 3"
