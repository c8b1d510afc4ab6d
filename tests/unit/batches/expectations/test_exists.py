"""A column is there, whatever it holds."""

import pyarrow as pa

from tests.unit.batches.expectations.conftest import Told


def test_a_column_of_nothing_exists_and_a_missing_one_does_not(told: Told) -> None:
    table = pa.table({"x": pa.nulls(3)})
    assert told(table, expect="exists", column="x").word == "held"
    assert told(table, expect="exists", column="y").word == "broken"
