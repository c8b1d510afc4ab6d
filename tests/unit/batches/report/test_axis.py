"""Axes: round numbers that people read, and dates that a calendar marks."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.report.axis import DAY, HOUR, dates, number, round_step, said, steps, ticks, time_step

RANGES = st.tuples(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12))


def micro(year: int, month: int = 1, day: int = 1) -> float:
    """Give microseconds since 1970."""
    return datetime(year, month, day, tzinfo=UTC).timestamp() * 1e6


@given(st.floats(1e-300, 1e300))
def test_a_step_is_round_and_no_smaller_than_asked_nor_much_larger(width: float) -> None:
    step = round_step(width)
    assert width * (1 - 1e-9) <= step <= width * 2.5000001
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - one) for one in (1, 2, 2.5, 5, 10)) < 1e-6


@given(RANGES)
def test_steps_enclose_a_range_and_its_upper_end_lies_within_the_last(span: tuple[float, float]) -> None:
    low, width = span
    high = low + width
    step = round_step(width / 36)
    edges = steps(low, high, step)
    slack = step * 1e-3 + abs(low) * 1e-9
    assert edges[0] <= low + slack
    assert edges[-1] + slack > high
    assert len(edges) <= 42
    assert edges == sorted(set(edges))
    assert len(edges) > 1


@given(RANGES)
def test_ticks_lie_within_and_are_few(span: tuple[float, float]) -> None:
    low, high = span[0], span[0] + span[1]
    found = ticks(low, high)
    assert len(found) <= 8
    assert all(low - span[1] * 1e-3 <= at <= high + span[1] * 1e-3 for at in found)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ((2024, 1, 1), (2024, 12, 31), ["Jan 2024", "Apr 2024", "Jul 2024", "Oct 2024"]),
        ((2024, 3, 1), (2024, 3, 21), ["7 Mar", "14 Mar", "21 Mar"]),
        ((1970, 1, 1), (2025, 1, 1), ["1980", "2000", "2020"]),
    ],
)
def test_dates_are_where_a_calendar_has_them(low: tuple[int, ...], high: tuple[int, ...], words: list[str]) -> None:
    assert [word for _, word in dates(micro(*low), micro(*high))] == words


def test_beyond_the_calendar_years_are_counted() -> None:
    assert [word for _, word in dates(-9e18, 9e18)] == ["-2.85e+05 years", "2.85e+05 years"]


def test_a_width_of_time_is_one_that_people_use() -> None:
    assert time_step(5 * HOUR) == 6 * HOUR
    assert time_step(10 * DAY) == 14 * DAY
    assert time_step(3) == 5


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0.25, 0.25, "0.25"), (-3, 1, "−3"), (1990, 5, "1990"), (25_000, 5000, "25,000"), (2.5e9, 1e8, "2.5 G"),
        (1e-7, 1e-8, "1e-07"), (0, 1, "0"),
    ],
)  # fmt: skip
def test_a_number_is_as_short_as_its_step_allows(value: float, step: float, text: str) -> None:
    assert number(value, step) == text


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (micro(2024, 2, 29), "moment", "2024-02-29"),
        (micro(2024) + 5 * HOUR, "moment", "2024-01-01 05:00"),
        (micro(2024), "day", "2024-01-01"),
        (7.5 * HOUR, "clock", "07:30"),
        (90 * 6e7, "duration", "1.5 h"),
    ],
)
def test_a_time_is_said_in_its_own_unit(value: float, scale: str, text: str) -> None:
    assert said(value, scale) == text
