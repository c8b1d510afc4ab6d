"""Time that moves only when it is told to, and what is due on the way."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import time_machine

Action = Callable[[], None]
INSTANT = timedelta(microseconds=1)


@dataclass(slots=True)
class _Timer:
    """Something done at each tick; `following` gives the first tick after a moment."""

    following: Callable[[datetime], datetime]
    action: Action
    due: datetime
    last: datetime | None = None

    def wind(self, now: datetime, *, apart: timedelta) -> None:
        """Find the next tick, so far from the last one at least."""
        after = now if self.last is None else max(now, self.last + apart - INSTANT)
        self.due = self.following(after)


class VirtualClock:
    """The one time of a twin: `datetime.now` gives it everywhere in the process while the clock is entered."""

    def __init__(self, start: datetime) -> None:
        self._travel = time_machine.travel(start.astimezone(UTC), tick=False)
        self._coordinates: time_machine.Traveller | None = None
        self._due: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()
        self._timers: list[_Timer] = []

    def __enter__(self) -> Self:
        self._coordinates = self._travel.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._coordinates = None
        self._travel.stop()

    @property
    def now(self) -> datetime:
        """Give the present moment."""
        return datetime.now(UTC)

    def at(self, moment: datetime, action: Action) -> None:
        """Do something when the clock comes to a moment; of what is due at once, the first asked for comes first."""
        heapq.heappush(self._due, (moment, next(self._order), action))

    def every(self, following: Callable[[datetime], datetime], action: Action) -> None:
        """Do something at each tick, after what else is due then; `following` gives the tick after a moment."""
        self._timers.append(_Timer(following, action, following(self.now)))

    def advance(self, delta: timedelta, *, between: Callable[[], object], apart: timedelta = timedelta(0)) -> None:
        """Let time pass: stop at each moment at which something is due, and call `between` after it.

        `apart` leaves out the ticks of a timer that follow closer on the one before.
        """
        if delta < timedelta(0):
            raise ValueError(f"time cannot go back by {-delta}")
        until = self.now + delta
        for timer in self._timers:
            timer.wind(self.now, apart=apart)
        while (moment := self._next()) is not None and moment <= until:
            self._move(moment)
            while self._due and self._due[0][0] <= moment:
                heapq.heappop(self._due)[2]()
            for timer in [timer for timer in self._timers if timer.due <= moment]:
                timer.last = moment
                timer.wind(moment, apart=apart)
                timer.action()
            between()
        self._move(until)

    def _next(self) -> datetime | None:
        moments = [timer.due for timer in self._timers]
        if self._due:
            moments.append(self._due[0][0])
        return min(moments, default=None)

    def _move(self, moment: datetime) -> None:
        if self._coordinates is None:
            raise RuntimeError("the clock stands still: enter it first")
        self._coordinates.move_to(max(moment, self.now))
