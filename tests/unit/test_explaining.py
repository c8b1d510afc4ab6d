"""Why is told in few lines: the worst columns, and how many more there are."""

import pytest

from holdfast.batches.verdict import Level
from holdfast.batches.why.findings import ColumnExplained, Explanation, Moved
from holdfast_console.explaining import sentences


def column(name: str) -> ColumnExplained:
    """Give a column that drifted."""
    parts = (Moved(label="5 or more", before=0.25, now=0.5),)
    return ColumnExplained(
        name=name, level=Level.DRIFT, test="ks", effect=0.2, threshold=0.05, direction="larger values", moved=parts
    )


def test_a_column_is_told_in_a_line_and_what_moved_below_it() -> None:
    assert list(sentences(Explanation(columns=(column("x"),)))) == [
        (2, "x: larger values"),
        (4, "5 or more: 25% before, 50% now"),
    ]


@pytest.mark.parametrize(("columns", "omitted", "last"), [(3, 0, "and 1 more column"), (4, 5, "and 7 more columns")])
def test_what_is_left_out_is_counted(columns: int, omitted: int, last: str) -> None:
    why = Explanation(columns=tuple(column(f"x{number}") for number in range(columns)), omitted=omitted)
    assert list(sentences(why, most=2))[-1] == (2, last)


def test_nothing_is_told_where_nothing_changed() -> None:
    assert list(sentences(Explanation())) == []
