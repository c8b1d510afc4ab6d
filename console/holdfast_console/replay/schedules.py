"""EventBridge schedule expressions: when does a rule tick next?"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from holdfast.shared.errors import ConfigurationError

UNITS = {"minute": 60, "hour": 3600, "day": 86400}
MONTHS = dict(zip("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), range(1, 13), strict=True))  # noqa: SIM905
DAYS = {name: at for at, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
YEARS_AHEAD = 12
Next = Callable[[datetime], datetime]


def ticks(expression: str, *, since: datetime) -> Next:
    """Give the function that finds the first tick after a moment, for a rule that was made `since`."""
    if match := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        every = timedelta(seconds=int(match[1]) * UNITS[match[2]])
        if not every:
            raise ConfigurationError(f"schedule {expression!r}: expected a positive rate")
        return lambda moment: since + every * ((moment - since) // every + 1)
    if match := re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", expression):
        return _Cron.parse(expression, match.groups()).next_after
    raise ConfigurationError(f"schedule {expression!r}: expected rate(5 minutes) or cron(0 6 * * ? *)")


@dataclass(frozen=True, slots=True)
class _Cron:
    """The six fields of AWS's cron, as the values each allows; `None` for a day field left to the other by `?`."""

    expression: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int]

    @classmethod
    def parse(cls, expression: str, fields: tuple[str, ...]) -> "_Cron":
        minute, hour, day, month, weekday, year = fields
        if (day == "?") == (weekday == "?"):
            raise ConfigurationError(
                f"schedule {expression!r}: expected ? in exactly one of day-of-month and day-of-week"
            )
        try:
            return cls(
                expression, _values(minute, 0, 59), _values(hour, 0, 23), None if day == "?" else _values(day, 1, 31),
                _values(month, 1, 12, MONTHS), None if weekday == "?" else _values(weekday, 1, 7, DAYS),
                _values(year, 1970, 2199),
            )  # fmt: skip
        except ValueError as error:
            raise ConfigurationError(f"schedule {expression!r}: {error}") from error

    def next_after(self, moment: datetime) -> datetime:
        """Find the first minute after a moment that all six fields allow."""
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(366 * YEARS_AHEAD):
            if self._allows(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        if (found := day.replace(hour=hour, minute=minute)) > moment:
                            return found
            day += timedelta(days=1)
        raise ConfigurationError(f"schedule {self.expression!r} never ticks after {moment.isoformat()}")

    def _allows(self, day: datetime) -> bool:
        if day.year not in self.years or day.month not in self.months:
            return False
        if self.weekdays is not None:
            return day.isoweekday() % 7 + 1 in self.weekdays
        return self.days is not None and day.day in self.days


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        body, _, step = part.partition("/")
        first, _, last = body.partition("-")
        start = low if first == "*" else _number(first, names)
        end = _number(last, names) if last else high if first == "*" or step else start
        if not low <= start <= end <= high:
            raise ValueError(f"{part!r} is not within {low}-{high}")
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    if names and text.upper() in names:
        return names[text.upper()]
    if not text.isdecimal():
        raise ValueError(f"{text!r} is not a number this clock knows")
    return int(text)
