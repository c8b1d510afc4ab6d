import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.alibi.columns import MOST_CATEGORIES, Column, Unread, aligned

MIDNIGHT = dt.datetime(2026, 3, 2)  # noqa: DTZ001 - a moment without a zone, as many files hold


def only(reference: pa.Array, batch: pa.Array) -> Column | Unread:
    """Align two tables of one column."""
    columns, unread = aligned(pa.table({"x": reference}), pa.table({"x": batch}))
    return (columns or unread)[0]


@pytest.mark.parametrize(
    ("reference", "batch", "wanted"),
    [
        (pa.array([1, None, 3]), pa.array([4, 5, None]), ([1, np.nan, 3], [4, 5, np.nan])),
        (pa.array([1.0, float("nan"), None]), pa.array([float("inf"), -0.0, 2]), ([1, np.nan, np.nan], [np.inf, 0, 2])),
        (pa.array([Decimal("1.25")]), pa.array([Decimal("-3.50")]), ([1.25], [-3.5])),
        (pa.array([1], pa.uint8()), pa.array([1.5], pa.float32()), ([1], [1.5])),
        (pa.array([MIDNIGHT], pa.timestamp("ms")), pa.array([MIDNIGHT.date()], pa.date32()), None),
        (
            pa.array([dt.timedelta(seconds=1)], pa.duration("s")),
            pa.array([dt.timedelta(seconds=1)], pa.duration("ns")),
            None,
        ),
        (pa.array([dt.time(1)], pa.time32("s")), pa.array([dt.time(1)], pa.time64("us")), None),
    ],
    ids=["integers", "floats", "decimals", "widened", "moments", "durations", "times"],
)
def test_numbers_are_the_same_whatever_type_they_were_written_in(
    reference: pa.Array, batch: pa.Array, wanted: tuple[list[float], list[float]] | None
) -> None:
    column = only(reference, batch)
    assert isinstance(column, Column)
    assert not column.categorical
    expected = wanted if wanted is not None else (column.reference, column.reference)
    np.testing.assert_array_equal(column.reference, expected[0])
    np.testing.assert_array_equal(column.batch, expected[1])


def test_categories_have_the_codes_of_the_reference_and_a_new_one_is_other() -> None:
    column = only(pa.array(["b", "a", "b", None]), pa.array(["a", "new", None, "newer"]).dictionary_encode())
    assert isinstance(column, Column)
    assert column.categorical
    np.testing.assert_array_equal(column.reference, [0, 1, 0, np.nan])
    np.testing.assert_array_equal(column.batch, [1, 2, np.nan, 2])


def test_rare_categories_of_the_reference_share_the_code_of_other() -> None:
    frequent = [f"c{number:03}" for number in range(MOST_CATEGORIES)] * 2
    column = only(pa.array([*frequent, "rare", "rarer"]), pa.array(["c000", "rare", "unseen"]))
    assert isinstance(column, Column)
    assert column.reference[-2:].tolist() == [MOST_CATEGORIES, MOST_CATEGORIES]
    assert column.batch.tolist() == [0, MOST_CATEGORIES, MOST_CATEGORIES]


def test_booleans_are_numbers_as_for_the_exact_detector() -> None:
    column = only(pa.array([True, False, None]), pa.array([1, 1, 0]))
    assert isinstance(column, Column)
    assert not column.categorical
    assert column.has_missing


def test_bytes_that_are_no_text_are_categories() -> None:
    column = only(pa.array([b"\xff", b"a", b"a"]), pa.array(["a", "b", None]))
    assert isinstance(column, Column)
    np.testing.assert_array_equal(column.reference, [1, 0, 0])
    np.testing.assert_array_equal(column.batch, [0, 2, np.nan])


def test_a_column_without_any_value_takes_the_type_of_the_other_side() -> None:
    column = only(pa.array(["a", "b"]), pa.nulls(2))
    assert isinstance(column, Column)
    assert column.categorical
    assert np.isnan(column.batch).all()


@pytest.mark.parametrize(
    ("reference", "batch", "reason", "comparable"),
    [
        (pa.array([[1]]), pa.array([[1]]), "values of type list<item: int64> are not compared", False),
        (pa.array([1]), pa.array(["one"]), "string, expected number as int64", True),
    ],
)
def test_what_cannot_be_compared_is_named(reference: pa.Array, batch: pa.Array, reason: str, comparable: bool) -> None:
    assert only(reference, batch) == Unread("x", reason, comparable)


def test_a_column_the_batch_lacks_is_named() -> None:
    _, unread = aligned(pa.table({"x": [1], "y": [2]}), pa.table({"y": [2]}))
    assert unread == [Unread("x", "missing from the batch", True)]
