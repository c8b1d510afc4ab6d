"""What is remembered of earlier batches: how far each column was from its threshold. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf, isfinite
from typing import NamedTuple

from pydantic import AwareDatetime, Field, FiniteFloat

from holdfast.batches.verdict import BatchAssessment, Level, Test
from holdfast.ledger.contract import DecisionId
from holdfast.shared.contract import Emitted

MOST_BATCHES = 60
MOST_COLUMNS = 60
DIGITS = 4
OF_ITSELF: frozenset[Test] = frozenset({"ks", "chi2", "null_rate"})
SURE = frozenset({Level.NOTICE, Level.DRIFT})
JUDGED = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})


class Past(Emitted):
    """One batch as it is remembered.

    `effects` has for each of its worst columns the largest effect as a multiple of its threshold, so 1 and more is a
    change that matters. `lower` and `higher` name those of them whose difference, however small, led one way; a
    column in neither had moved both ways, or has no order.
    """

    key: str = Field(max_length=1024)
    version_id: str = Field(default="", max_length=1024)
    object_time: AwareDatetime
    decision: DecisionId | None = None
    level: Level
    n: int = Field(ge=0)
    score: float | None = Field(default=None, ge=0, le=1)
    effects: dict[str, FiniteFloat] = Field(default_factory=dict, max_length=MOST_COLUMNS)
    lower: tuple[str, ...] = Field(default=(), max_length=MOST_COLUMNS)
    higher: tuple[str, ...] = Field(default=(), max_length=MOST_COLUMNS)


class Point(NamedTuple):
    """One batch in the history of one column: which it was, and the effect as a multiple of the threshold."""

    key: str
    object_time: datetime
    ratio: float
    is_lower: bool
    is_higher: bool


def past_of(
    assessment: BatchAssessment,
    *,
    key: str,
    object_time: datetime,
    version_id: str = "",
    decision: str | None = None,
    lower: Iterable[str] = (),
    higher: Iterable[str] = (),
) -> Past:
    """Take from a verdict what later batches need; of a batch that was not judged nothing is known of its columns."""
    effects = ratios(assessment) if assessment.level in JUDGED else {}
    fell, rose = set(lower), set(higher)
    return Past(
        key=key, version_id=version_id, object_time=object_time, decision=decision,
        level=assessment.level, n=assessment.n, score=assessment.score,
        effects=effects, lower=tuple(name for name in effects if name in fell),
        higher=tuple(name for name in effects if name in rose),
    )  # fmt: skip


def ratios(assessment: BatchAssessment) -> dict[str, float]:
    """Give the effect of each column as a multiple of its threshold, for the columns that come first.

    It is that of how the values are spread or missing; where this is below the threshold, the largest that is sure.
    """
    found: dict[str, tuple[float, float]] = {}
    for result in assessment.columns:
        ratio = result.effect / result.threshold if result.threshold else inf
        if isfinite(ratio) and (result.name in found or len(found) < MOST_COLUMNS):
            first, largest = found.get(result.name, (0.0, 0.0))
            first = max(first, ratio) if result.test in OF_ITSELF else first
            found[result.name] = first, max(largest, first, ratio if result.level in SURE else 0.0)
    told = {name: first if first >= 1 else largest for name, (first, largest) in found.items()}
    return {name: float(f"{ratio:.{DIGITS}g}") for name, ratio in told.items()}


def remembered(past: Iterable[Past], *, before: datetime | None = None) -> tuple[Past, ...]:
    """Put earlier batches in the order of their objects' times and keep the latest 60, each version once.

    With `before`, only what is older than that moment: a batch judged late has only its own past.
    """
    distinct = {(one.key, one.version_id, one.object_time): one for one in past}
    ordered = sorted(distinct.values(), key=lambda one: (one.object_time, one.key, one.version_id))
    return tuple(one for one in ordered if before is None or one.object_time < before)[-MOST_BATCHES:]


def following(past: Sequence[Past], time: datetime) -> datetime:
    """Give a time for the next of batches whose order is given: its own, or right after the last one's if later."""
    return max([time, *(one.object_time + timedelta(microseconds=1) for one in past[-1:])])


def series(past: Sequence[Past], column: str) -> list[Point]:
    """Give what is known of one column, batch by batch; a batch that says nothing of it is left out."""
    return [
        Point(one.key, one.object_time, one.effects[column], column in one.lower, column in one.higher)
        for one in past
        if column in one.effects
    ]
