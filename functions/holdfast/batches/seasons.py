"""Which earlier batches a batch is like: of the same month last year, or of the last same weekdays. Days are UTC's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from holdfast.shared.errors import ContractError

WEEKS = 8
DAY = timedelta(days=1)
Same = Literal["month", "weekday"]
SAME: dict[str, Same] = {"month": "month", "weekday": "weekday"}


@dataclass(frozen=True, slots=True)
class Season:
    """The days whose batches make a season's baseline; `first` is the first day that is held against it."""

    same: Same
    first: date

    @property
    def name(self) -> str:
        """Name the season so that it can be read back: by the first day it is for."""
        return f"{self.same} {self.first.isoformat()}"

    @property
    def label(self) -> str:
        """Say of what it is made."""
        if self.same == "month":
            return f"{self.first.replace(year=self.first.year - 1):%B %Y}"
        return f"the {WEEKS} {self.first:%A}s before {self.first.isoformat()}"

    def covers(self, moment: datetime) -> bool:
        """Tell whether a batch of this moment is of the season."""
        day = moment.astimezone(UTC).date()
        return any(first <= day < end for first, end in self._periods)

    def is_superseded(self, run_at: datetime | None) -> bool:
        """Tell whether a run came into force so lately that what it learned tells more: a lasting change costs one run.

        For a month that is the month itself; for weekdays, so long as one of them may be from before the run.
        """
        if run_at is None:
            return False
        return run_at.astimezone(UTC).date() >= (self.first if self.same == "month" else min(self._periods)[0])

    @property
    def _periods(self) -> list[tuple[date, date]]:
        if self.same == "weekday":
            days = [self.first - 7 * week * DAY for week in range(1, WEEKS + 1)]
            return [(day, day + DAY) for day in days]
        first = self.first.replace(year=self.first.year - 1)
        return [(first, (first + 31 * DAY).replace(day=1))]


def season_of(moment: datetime, same: Same) -> Season:
    """Give the season that a batch of this moment is held against."""
    day = moment.astimezone(UTC).date()
    return Season(same, day.replace(day=1) if same == "month" else day)


def named(name: str) -> Season:
    """Read a season's name back, or raise `ContractError`."""
    same, _, first = name.partition(" ")
    try:
        day = date.fromisoformat(first)
    except ValueError as error:
        raise ContractError(f"{name[:80]!r} is no season: {error}") from error
    if same not in SAME:
        raise ContractError(f"{name[:80]!r} is no season, expected {' or '.join(SAME)} and a day")
    return Season(SAME[same], day)
