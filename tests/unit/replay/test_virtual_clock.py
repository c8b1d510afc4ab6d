from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.shared import clock as handlers_clock
from holdfast_console.replay.clock import VirtualClock
from holdfast_console.replay.schedules import ticks

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with VirtualClock(START) as clock:
        yield clock


def test_handlers_see_the_clock_and_it_stands_still(clock: VirtualClock) -> None:
    assert handlers_clock.now() == handlers_clock.now() == START


def test_what_is_due_happens_in_the_order_of_time_and_at_its_time(clock: VirtualClock) -> None:
    seen: list[tuple[str, datetime]] = []
    clock.at(START + 2 * HOUR, lambda: seen.append(("second", clock.now)))
    clock.at(START + HOUR, lambda: seen.append(("first", clock.now)))
    clock.at(START + 9 * HOUR, lambda: seen.append(("beyond", clock.now)))
    clock.advance(3 * HOUR, between=lambda: seen.append(("between", clock.now)))
    assert seen == [
        ("first", START + HOUR), ("between", START + HOUR), ("second", START + 2 * HOUR), ("between", START + 2 * HOUR),
    ]  # fmt: skip
    assert clock.now == START + 3 * HOUR


def test_what_becomes_due_on_the_way_still_happens(clock: VirtualClock) -> None:
    seen: list[datetime] = []
    clock.at(START + HOUR, lambda: clock.at(START + 2 * HOUR, lambda: seen.append(clock.now)))
    clock.advance(2 * HOUR, between=lambda: None)
    assert seen == [START + 2 * HOUR]


def test_a_timer_ticks_until_the_end(clock: VirtualClock) -> None:
    seen: list[datetime] = []
    clock.every(ticks("rate(20 minutes)", since=START), lambda: seen.append(clock.now))
    clock.advance(HOUR, between=lambda: None)
    assert seen == [START + timedelta(minutes=each) for each in (20, 40, 60)]


def test_ticks_that_follow_too_closely_are_left_out_and_only_while_that_was_asked_for(clock: VirtualClock) -> None:
    seen: list[datetime] = []
    clock.every(ticks("rate(20 minutes)", since=START), lambda: seen.append(clock.now))
    clock.advance(5 * HOUR, between=lambda: None, apart=2 * HOUR)
    assert [moment - START for moment in seen] == [timedelta(minutes=each) for each in (20, 140, 260)]
    clock.advance(HOUR, between=lambda: None)
    assert [moment - START for moment in seen[3:]] == [timedelta(minutes=each) for each in (320, 340, 360)]


def test_what_is_due_comes_before_a_tick_of_the_same_moment(clock: VirtualClock) -> None:
    seen: list[str] = []
    clock.every(ticks("rate(1 hour)", since=START), lambda: seen.append("tick"))
    clock.at(START + HOUR, lambda: seen.append("due"))
    clock.advance(HOUR, between=lambda: None)
    assert seen == ["due", "tick"]


def test_time_does_not_go_back(clock: VirtualClock) -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-HOUR, between=lambda: None)
