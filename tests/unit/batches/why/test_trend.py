"""A planted trend is found and its crossing lies in the interval; noise, seasons and random walks are no trends."""

from collections.abc import Callable
from math import ceil

import numpy as np
import pytest
from scipy.stats import linregress

from holdfast.batches.why.trend import _back_test, _Line, crossing

Draw = Callable[[np.random.Generator, int], np.ndarray]


def season(period: int) -> Draw:
    """Draw a wave of so many batches, beginning anywhere."""
    return lambda random, n: (
        0.5 + 0.4 * np.sin(2 * np.pi * (np.arange(n) / period + random.random())) + 0.05 * random.standard_normal(n)
    )


NO_TREND: dict[str, Draw] = {
    "noise": lambda random, n: np.abs(0.3 * random.standard_normal(n)),
    "skewed noise": lambda random, n: 0.4 * random.lognormal(0, 0.5, n),
    "slow noise": lambda random, n: 0.5 + 0.1 * np.convolve(random.standard_normal(n + 4), np.ones(5), "valid"),
    "a random walk": lambda random, n: np.abs(0.5 + 0.08 * random.standard_normal(n).cumsum()),
    "a slow random walk": lambda random, n: np.abs(0.3 + 0.03 * random.standard_normal(n).cumsum()),
    "weeks": season(7),
    "years": season(12),
    "a step": lambda random, n: np.repeat([0.2, 0.6], [n // 2, n - n // 2]) + 0.05 * random.standard_normal(n),
}


WANDERING = [NO_TREND[name] for name in ("slow noise", "a random walk", "a slow random walk")]


@pytest.mark.parametrize("draw", NO_TREND.values(), ids=NO_TREND)
@pytest.mark.parametrize("n", [10, 15, 30])
def test_hardly_any_history_without_a_trend_is_said_to_have_one(draw: Draw, n: int) -> None:
    random = np.random.default_rng(n)
    claimed = sum(crossing(draw(random, n).tolist()) is not None for _ in range(400))
    assert claimed <= (8 if draw in WANDERING else 2)


@pytest.mark.parametrize(("n", "slope", "noise"), [(10, 0.05, 0.02), (12, 0.04, 0.02), (16, 0.03, 0.02)])
def test_a_planted_trend_is_found_and_crosses_within_its_interval(n: int, slope: float, noise: float) -> None:
    random = np.random.default_rng(3)
    found, inside, near = 0, 0, 0
    for _ in range(200):
        last = random.uniform(0.6, 0.85)
        history = last - slope * np.arange(n)[::-1] + noise * random.standard_normal(n)
        forecast, true = crossing(history.tolist()), ceil((1 - last) / slope)
        if forecast is not None:
            found += 1
            inside += forecast.earliest <= true <= forecast.latest
            near += abs(forecast.batches - true) <= 2
            assert 1 <= forecast.earliest <= forecast.batches <= forecast.latest
            assert forecast.error <= 0.9 * forecast.naive_error
    assert found >= 150
    assert inside >= 0.85 * found
    assert near >= 0.85 * found


@pytest.mark.parametrize(
    "history",
    [
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        [0.1 * step for step in range(1, 14)],
        [0.9 - 0.05 * step for step in range(12)],
        [0.1 + 0.001 * step for step in range(12)],
        [0.4] * 20,
    ],
    ids=["nine batches", "crossed already", "falling", "far away", "constant"],
)
def test_no_crossing_is_told_where_there_is_none_to_tell(history: list[float]) -> None:
    assert crossing(history) is None


def test_a_clean_line_crosses_where_it_does() -> None:
    forecast = crossing([0.05 * step for step in range(1, 15)])
    assert forecast is not None
    assert (forecast.earliest, forecast.batches, forecast.latest) == (6, 6, 6)


def test_the_more_columns_are_looked_at_the_surer_one_must_be() -> None:
    random = np.random.default_rng(4)
    histories = [(0.4 + 0.03 * np.arange(12) + 0.05 * random.standard_normal(12)).tolist() for _ in range(200)]
    alone, among = (sum(crossing(one, columns=columns) is not None for one in histories) for columns in (1, 1_000))
    assert among < alone


def test_the_line_is_least_squares() -> None:
    values = np.random.default_rng(5).random(9)
    line, wanted = _Line.through(values), linregress(np.arange(9), values)
    assert (line.slope, line.ahead(2)) == pytest.approx((wanted.slope, wanted.intercept + 10 * wanted.slope))
    assert np.sqrt(line.variance / line.spread) == pytest.approx(wanted.stderr)


def test_the_back_test_forecasts_from_what_was_known_then() -> None:
    values = np.random.default_rng(6).random(8)
    line, naive = _back_test(values)
    lines = [np.polyval(np.polyfit(np.arange(known), values[:known], 1), known) for known in (5, 6, 7)]
    assert line[1] == pytest.approx(np.abs(lines - values[5:]).mean())
    assert naive[1] == pytest.approx(np.abs(np.diff(values))[4:].mean())
    assert naive[3] == pytest.approx(abs(values[7] - values[4]))
