"""Columns of time and of row numbers move on by themselves; columns that only look so are judged."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.passing import passing

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def said(name: str, reference: pa.Array, batch: pa.Array) -> str | None:
    """Ask of one column."""
    baseline = Baseline.of(pa.table({name: reference}))
    counts = Counts.of(baseline, pa.table({name: batch}))
    return passing(name, baseline.columns[name], counts.columns[name])


def hours(first: int, count: int, *, step: int = 1) -> pa.Array:
    """Give moments from an hour of the year on."""
    return pa.array([NEW_YEAR + timedelta(hours=first + step * at) for at in range(count)])


def days(first: int, count: int) -> list[date]:
    """Give days from one of the year on."""
    return [NEW_YEAR.date() + timedelta(days=first + at) for at in range(count)]


REFERENCE = hours(0, 2_000)


def test_later_times_are_not_judged_and_it_is_said_why() -> None:
    why = said("at", REFERENCE, hours(2_000, 500))
    assert why is not None
    assert "100.0% lie beyond the reference" in why


def test_a_window_within_the_reference_is_not_judged() -> None:
    assert said("at", REFERENCE, hours(300, 168)) is not None


def test_times_from_all_over_the_reference_are_judged() -> None:
    assert said("at", REFERENCE, hours(5, 400, step=5)) is None


def test_days_as_dates_and_as_text_are_times_too() -> None:
    reference, later = days(0, 300), days(300, 30)
    assert said("day", pa.array(reference), pa.array(later)) is not None
    texts = [pa.array([day.isoformat() for day in part for _ in range(4)]) for part in (reference, later, reference)]
    assert said("day", texts[0], texts[1]) is not None
    assert said("day", texts[0], texts[2]) is None


def test_dates_of_birth_are_judged_though_they_shift() -> None:
    random = np.random.default_rng(1)
    born = [(random.normal(mean, 4_000, 2_000)).astype("datetime64[D]") for mean in (3_000, 5_000)]
    assert said("born", pa.array(born[0]), pa.array(born[1])) is None


def test_a_time_of_day_and_a_length_of_time_are_judged() -> None:
    for unit in (pa.time64("us"), pa.duration("us")):
        early, late = (pa.array(range(first, first + 3_600_000_000, 3_600_000), unit) for first in (0, 40_000_000_000))
        assert said("at", early, late) is None


@pytest.mark.parametrize("name", ["id", "row_id", "orderId", "instant", "__index_level_0__", "INDEX", "Unnamed: 0"])
def test_row_numbers_are_not_judged(name: str) -> None:
    reference = pa.array(range(5_000))
    assert said(name, reference, pa.array(range(5_000, 6_000))) is not None
    assert said(name, reference, pa.array(range(500))) is not None
    assert said(name, reference, pa.array(range(0, 5_000, 7))) is None


@pytest.mark.parametrize("name", ["x", "paid", "grid", "width", "hid", "price"])
def test_numbers_that_are_only_in_a_row_are_judged(name: str) -> None:
    assert said(name, pa.array(range(5_000)), pa.array(range(5_000, 6_000))) is None


def test_an_id_that_repeats_or_is_no_whole_number_is_judged() -> None:
    random = np.random.default_rng(2)
    assert said("shop_id", pa.array(random.integers(0, 50, 5_000)), pa.array(random.integers(60, 90, 500))) is None
    assert said("id", pa.array(random.standard_normal(5_000)), pa.array(random.standard_normal(500) + 9)) is None


def test_an_empty_column_moves_nowhere() -> None:
    nothing = pa.array([None] * 10, pa.timestamp("us"))
    assert said("at", REFERENCE, nothing) is None
    assert said("at", nothing, REFERENCE) is None
