"""What the report says of each column, and in which order."""

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.report.document import Report
from holdfast.batches.verdict import SEVERITY
from tests.unit.batches.report.conftest import past, written


def test_columns_come_in_the_order_of_the_verdict(drifted: Report) -> None:
    graveness = [SEVERITY.index(column.level) for column in drifted.columns]
    assert graveness == sorted(graveness, reverse=True)
    first: list[str] = []
    for result in drifted.results:
        if result.name not in first:
            first.append(result.name)
    assert [column.name for column in drifted.columns if column.name in first] == first


def test_a_columns_level_is_its_gravest_whatever_else_was_tested(drifted: Report) -> None:
    for column in drifted.columns:
        of = [result.level for result in drifted.results if result.name == column.name]
        assert column.level == max(of, key=SEVERITY.index)


def test_each_columns_history_lines_up_with_the_batches(drifted: Report) -> None:
    assert len(drifted.history) == 31
    normal = next(column for column in drifted.columns if column.name == "normal")
    assert len(normal.history) == 31
    assert normal.history[0] == 0.0
    assert (normal.history[-1] or 0) > 1
    assert drifted.past is not None
    assert drifted.history[-1].key == drifted.past.key == "bike/now.parquet"


def test_missing_values_are_shares_of_all_rows(drifted: Report) -> None:
    season = next(column for column in drifted.columns if column.name == "season")
    assert season.missing is not None
    assert season.missing.before == pytest.approx(0.01, abs=0.01)
    assert season.missing.now == pytest.approx(0.13, abs=0.03)


@pytest.mark.parametrize(
    ("reference", "batch", "note"),
    [
        ({"x": [1.0] * 200}, {"y": [1.0] * 200}, "missing from the batch"),
        ({"y": [1.0] * 200}, {"y": [1.0] * 200, "x": [1.0] * 200}, "the reference does not have this column"),
        ({"x": [1.0] * 200}, {"x": ["a"] * 200}, "another type than the reference's"),
        ({"x": [[1]] * 200}, {"x": [[1]] * 200}, "nested values are counted, not compared"),
        ({"x": [1.5] * 5 + [None] * 195}, {"x": [1.5] * 5 + [None] * 195}, "too few values to show"),
    ],
)
def test_a_column_that_is_not_drawn_says_why(
    reference: dict[str, list[object]], batch: dict[str, list[object]], note: str
) -> None:
    report = written(pa.table(reference), pa.table(batch))
    (column,) = [one for one in report.columns if one.name == "x"]
    assert column.spread is None
    assert note in (column.note or "")


def test_more_categories_than_are_named_say_so() -> None:
    names = [f"id-{number}" for number in range(10_500)]
    report = written(pa.table({"x": names}), pa.table({"x": names}))
    assert "compared by groups of their hashes" in (report.columns[0].note or "")


def test_no_canary_of_a_single_row_is_in_any_byte() -> None:
    """T15: values of single rows are in no report, be they ends of a range, rare labels, or new ones."""
    draw = np.random.default_rng(1)

    def lined(shift: float, canary: str, number: float) -> pa.Table:
        values = draw.normal(shift, 1, 2000)
        values[0], values[1] = number, -number
        words = draw.choice(["a", "b", "c"], 2000, p=[0.5 - shift / 3, 0.3, 0.2 + shift / 3]).astype(object)
        words[:3] = canary
        moments = (1.7e15 + draw.random(2000) * 1e12 + shift * 1e12).astype("int64")
        moments[0] = -268_000_000_000_000
        return pa.table({"x": values, "word": pa.array(words), "at": pa.array(moments, pa.timestamp("us"))})

    report = written(lined(0.0, "Erika-Canary-1", 4929123412341238.0), lined(0.6, "Otto-Canary-2", 98765432.125))
    from holdfast.batches.report.html import page

    for data in (page(report), report.to_bytes()):
        said = data.decode()
        assert "Canary" not in said
        assert not [digits for digits in ("4929", "98765", "98,765", "1961", "-268") if digits in said]


def test_a_history_longer_than_the_strip_is_cut_at_its_beginning() -> None:
    values = pa.table({"normal": np.random.default_rng(1).normal(0, 1, 500)})
    report = written(values, values, before=past(100))
    assert len(report.history) == 60
    assert report.history[-1].key == "bike/now.parquet"
    assert len(report.columns[0].history) == 60


def test_two_long_names_that_begin_alike_stay_two_columns() -> None:
    draw = np.random.default_rng(5)
    first, second = (f"{'feature_' * 40}{number}" for number in (1, 2))
    reference = pa.table({first: draw.normal(0, 1, 2000), second: draw.normal(0, 1, 2000)})
    batch = pa.table({first: draw.normal(1, 1, 2000), second: draw.normal(0, 1, 2000)})
    report = written(reference, batch)
    assert len({column.name for column in report.columns}) == 2
    assert all(len(column.name) == 200 and column.spread is not None for column in report.columns)
    assert [column.level for column in report.columns] == ["drift", "none"]
    assert "Drift in 1 of 2 columns." in report.verdict.sentence
    assert report.verdict.score == pytest.approx(0.2, abs=0.05), "one of two columns departs"
