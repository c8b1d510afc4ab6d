"""What the history of a batch's columns tells: since when each is as it is, and which is heading for its threshold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from holdfast.batches.verdict import BatchAssessment, shown
from holdfast.batches.why.change_point import began
from holdfast.batches.why.findings import Began, Trend
from holdfast.batches.why.history import JUDGED, Past, Point, ratios, remembered, series
from holdfast.batches.why.trend import CROSSED, crossing

LEAST_TOLD = 0.05


@dataclass(frozen=True, slots=True)
class History:
    """The judged batches before this one, and this one's effects as multiples of their thresholds."""

    before: tuple[Past, ...]
    now: Mapping[str, float]
    lower: Collection[str]
    higher: Collection[str]

    @classmethod
    def of(
        cls, assessment: BatchAssessment, past: Sequence[Past], *, lower: Collection[str], higher: Collection[str]
    ) -> Self:
        """Put earlier batches in order; of those that were not judged nothing is known."""
        judged = tuple(one for one in remembered(past) if one.level in JUDGED)
        return cls(judged, ratios(assessment), lower, higher)

    @property
    def batches(self) -> int:
        """Count the batches whose past is looked at, with this one."""
        return len(self.before) + 1

    def began(self, column: str) -> Began | None:
        """Say with which batch a column came to where it is now, if that is sure."""
        if column not in self.now:
            return None
        known = series(self.before, column)
        shift = began([*(self._towards(column, point) for point in known), self.now[column]])
        if shift is None:
            return None
        first = known[shift.at] if shift.at < len(known) else None
        lasted = len(known) + 1 - shift.at
        return Began(
            key="" if first is None else first.key, object_time=None if first is None else first.object_time,
            batches=lasted, p=shift.p, text=_since(first, lasted, shift.before, shift.since),
        )  # fmt: skip

    def _towards(self, column: str, point: Point) -> float:
        """Give an effect as negative if it led the other way than this batch's does."""
        is_other = (column in self.lower and point.is_higher) or (column in self.higher and point.is_lower)
        return -point.ratio if is_other else point.ratio

    def trends(self, columns: Collection[str]) -> dict[str, Trend]:
        """Say which of these columns, as far as they are below their threshold, are heading for it."""
        below = [name for name, ratio in self.now.items() if ratio < CROSSED and name in columns]
        found = {name: self._trend(name, len(below)) for name in below}
        return {name: trend for name, trend in found.items() if trend is not None}

    def _trend(self, column: str, columns: int) -> Trend | None:
        past = [point.ratio for point in series(self.before, column)]
        found = crossing([*past, self.now[column]], columns=columns)
        if found is None:
            return None
        batches = "1 batch" if found.batches == 1 else f"{found.batches} batches"
        text = f"crosses the threshold in about {batches} ({found.earliest} to {found.latest}) if it goes on like this"
        return Trend(text=text, **found._asdict())


def _since(first: Point | None, lasted: int, before: float, since: float) -> str:
    earlier = f"{-before:.1f} times the other way" if before < -LEAST_TOLD else f"{max(0.0, before):.1f} times"
    levels = f"{since:.1f} times the threshold since then, {earlier} before"
    if first is None:
        return f"began with this batch: {levels}"
    return f"began with {shown(first.key.rpartition('/')[2])}, {lasted} batches up to this one: {levels}"
