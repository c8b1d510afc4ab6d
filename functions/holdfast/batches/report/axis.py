"""Round numbers and dates: where bins begin and what stands below an axis. Pure.

Only round values are ever written, so that no single row's value is printed.
"""

import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

SECOND, MINUTE, HOUR, DAY = 1e6, 6e7, 3.6e9, 8.64e10
YEAR = 365.25 * DAY
WIDTHS_OF_TIME = (
    *(unit * times for unit in (SECOND, MINUTE) for times in (1, 2, 5, 10, 15, 30)),
    *(HOUR * times for times in (1, 2, 3, 6, 12)),
    *(DAY * times for times in (1, 2, 7, 14, 30, 61, 91, 182, 365, 731)),
)  # fmt: skip
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS_IN_YEAR, LARGEST = 12, sys.float_info.max


def round_step(width: float) -> float:
    """Give the smallest of 1, 2, 2.5 and 5 times a power of ten that is no less than a width."""
    if not width > 0 or not math.isfinite(width):
        return 1.0
    power = 10.0 ** math.floor(math.log10(width))
    if power == 0 or not math.isfinite(power):
        return width
    return next((power * times for times in (1, 2, 2.5, 5) if power * times >= width * (1 - 1e-9)), power * 10)


def time_step(width: float) -> float:
    """Give a width of time that people use and that is no less than so many microseconds."""
    if width < SECOND:
        return max(1.0, round_step(width))
    return next((step for step in WIDTHS_OF_TIME if step >= width), round_step(width / YEAR) * YEAR)


def steps(low: float, high: float, step: float) -> list[float]:
    """Give the multiples of a step that enclose a range, the last of them above it; fewer where floats end first."""
    first, last = math.floor(low / step), math.floor(high / step) + 1
    decimals = max(0, 2 - math.floor(math.log10(step)))
    found = (round(number * step, decimals) for number in range(first, max(first + 1, last) + 1))
    distinct = list(dict.fromkeys(min(max(edge, -LARGEST), LARGEST) for edge in found))
    return distinct if len(distinct) > 1 else [distinct[0], math.nextafter(distinct[0] + step, math.inf)]


def ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Give round numbers within a range."""
    step = round_step(high / most - low / most)
    first = math.ceil(low / step - 1e-9)
    found = (number * step for number in range(first, first + 2 * most))
    return list(dict.fromkeys(at for at in found if at <= high + step * 1e-9))[: most + 2]


def moment(at: float) -> datetime | None:
    """Give the moment so many microseconds after 1970 UTC, or `None` beyond the calendar."""
    try:
        return FIRST + timedelta(microseconds=round(at))
    except OverflowError:
        return None


def dates(low: float, high: float, *, most: int = 4) -> list[tuple[float, str]]:
    """Give moments within a range that a calendar would mark, each with what is written there."""
    start, end, step = moment(low), moment(high), time_step(0.9 * (high - low) / most)
    if start is None or end is None:
        return [(at, f"{at / YEAR:.3g} years") for at in (low, high)]
    if step < 28 * DAY:
        marks = steps(low, high, step)
        return [(at, _within(at, step)) for at in marks if low <= at <= high][: 2 * most]
    return list(_months(start, end, max(1, round(step / (YEAR / MONTHS_IN_YEAR)))))[: 2 * most]


def _within(at: float, step: float) -> str:
    said = moment(at) or FIRST
    if step >= DAY:
        return f"{said.day} {said:%b}"
    return f"{said:%H:%M}" if step >= MINUTE else f"{said:%H:%M:%S}"


def _months(start: datetime, end: datetime, step: int) -> Iterator[tuple[float, str]]:
    number = -(-(start.year * MONTHS_IN_YEAR + start.month - 1) // step) * step
    while number // MONTHS_IN_YEAR <= min(end.year, 9999):
        at = datetime(max(1, number // MONTHS_IN_YEAR), number % MONTHS_IN_YEAR + 1, 1, tzinfo=UTC)
        if start <= at <= end:
            said = f"{at.year}" if step >= MONTHS_IN_YEAR else f"{at:%b} {at.year}"
            yield (at - FIRST) / timedelta(microseconds=1), said
        number += step


def number(value: float, step: float | None = None) -> str:
    """Write a number briefly: as many decimals as its step has, thousands apart, large ones with their unit."""
    if value == 0:
        return "0"
    size = max(abs(value), step or 0)
    if size >= 1e15 or size < 1e-4:
        return ("−" if value < 0 else "") + f"{abs(value):.3g}".replace("e+", "e")
    for unit, said in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if size >= unit:
            return f"{value / unit:.4g} {said}".replace("-", "−")
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 3
    if step and round(step, decimals) != step and decimals < 4:
        decimals += 1
    text = f"{value:{',' if size >= 1e4 else ''}.{decimals}f}"
    return (text if step else text.rstrip("0").rstrip(".")).replace("-", "−")


def said(value: float, scale: str, step: float | None = None) -> str:
    """Write a value of a column in its own unit."""
    if scale in ("moment", "day") and (at := moment(value)) is not None:
        return f"{at:%Y-%m-%d}" if scale == "day" or not (at.hour or at.minute or at.second) else f"{at:%Y-%m-%d %H:%M}"
    if scale == "clock" and (at := moment(value)) is not None:
        return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    if scale == "duration":
        return _length(value)
    return number(value, step)


def _length(microseconds: float) -> str:
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (1e3, "ms")):
        if abs(microseconds) >= unit:
            return f"{number(microseconds / unit)} {word}"
    return f"{number(microseconds)} µs" if microseconds else "0"
