"""Thresholds from a model's own history: how large a change must be so that batches like these seldom alarm. Pure.

Each batch has, for each column, an alarm point: the largest effect threshold at which the batch would still be drift.
If the batches to come are as those of the history, in any order alike, then the next one is as likely as each of these
to be the most extreme of all. That alone gives the rates stated here, whatever the data are: the k-th smallest of N
points is passed with probability (N + 1 - k) / (N + 1) at most (V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning
in a Random World", 2005, ch. 2; J. Lei et al., J. American Statistical Association 113, 2018, for the split form).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from holdfast.batches.decision import RANKS, SURE_MARGIN, SURE_SHARE
from holdfast.batches.score import SHARE_OF_EFFECT
from holdfast.batches.verdict import ColumnResult, Level

LEAST_EFFECT, STEP = 0.02, 1_000
FEW_COLUMNS = 0.25
LIKELY = 1.64
Points = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The smallest change that is drift: of any column, and of those that are apart; infinite where none must be."""

    effect: float
    columns: Points = field(default_factory=dict)

    def alarms(self, points: Points) -> list[str]:
        """Name the columns in which a batch would be drift, the worst first."""
        found = [name for name, point in points.items() if point >= self.columns.get(name, self.effect)]
        return sorted(found, key=lambda name: (-points[name], name))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds, and the rate of false alarms that can be stated of them.

    `batches` are those of the history, `alike` how many independent ones they are worth, `needed` how many of these
    the rate asked for takes. `left_out` counts the batches that alarm at thresholds made from all the others.
    """

    asked: float
    stated: float
    thresholds: Thresholds
    kind: Literal["one", "columns"]
    batches: int
    alike: int
    needed: int
    dependence: float
    before: int
    left_out: int

    @property
    def is_reached(self) -> bool:
        """Tell whether the rate that was asked for can be stated."""
        return self.stated <= self.asked

    def snippet(self) -> dict[str, Any]:
        """Give what to write under `drift` in the manifest."""
        columns: dict[str, Any] = {
            name: {"weight": 0} if math.isinf(effect) else {"effect": effect}
            for name, effect in sorted(self.thresholds.columns.items())
        }
        said = {"effect": self.thresholds.effect}
        return {**said, "columns": columns} if columns else said


def alarm_points(columns: Iterable[ColumnResult], alpha: float) -> dict[str, float]:
    """Give for each column of a judged batch the largest effect threshold at which it would be drift."""
    points: dict[str, float] = {}
    for result in columns:
        points[result.name] = max(points.get(result.name, 0.0), _point(result, alpha))
    return points


def _point(result: ColumnResult, alpha: float) -> float:
    if result.test == "schema":
        return math.inf if result.level in (Level.DRIFT, Level.QUARANTINED) else 0.0
    if result.test not in SHARE_OF_EFFECT or result.p_adjusted is None or result.lower is None:
        return 0.0
    share = SHARE_OF_EFFECT[result.test]
    significant = result.effect / share if result.p_adjusted <= alpha else 0.0
    surely = 0.0 if result.test in RANKS else result.lower / max(1.0, share)
    return max(significant, min(surely / SURE_SHARE, surely + SURE_MARGIN) if surely else 0.0)


def calibrated(history: Sequence[Points], *, asked: float, effect: float) -> Calibration:
    """Find the thresholds at which batches like those of the history, oldest first, alarm as seldom as asked.

    If the alarms come from few columns, or no threshold would still them all, these alone are given thresholds: each
    its own record, so that the next batch alarms only if it sets another. Else there is one threshold for all.
    """
    dependence = _dependence([max(points.values(), default=0.0) for points in history])
    alike = max(1, math.floor(len(history) * (1 - dependence) / (1 + dependence)))
    thresholds, kind, stated = _chosen(history, asked=asked, effect=effect)
    others = [(points, [*history[:at], *history[at + 1 :]]) for at, points in enumerate(history)]
    tested = [_chosen(rest, asked=asked, effect=effect)[0].alarms(points) for points, rest in others if rest]
    return Calibration(
        asked=asked,
        stated=max(stated, 1 / (alike + 1)),
        thresholds=thresholds,
        kind=kind,
        batches=len(history),
        alike=alike,
        needed=_needed(asked, dependence, 1 if kind == "one" else round(stated * (len(history) + 1))),
        dependence=dependence,
        before=sum(bool(Thresholds(effect).alarms(points)) for points in history),
        left_out=sum(map(bool, tested)),
    )


def _needed(asked: float, dependence: float, records: int) -> int:
    return math.ceil(round((records / asked - 1) * (1 + dependence) / (1 - dependence), 6))


def _chosen(
    history: Sequence[Points], *, asked: float, effect: float
) -> tuple[Thresholds, Literal["one", "columns"], float]:
    one, stated = _one(history, asked=asked, effect=effect)
    apart, stated_apart = _apart(history, effect)
    columns = {name for points in history for name in points}
    is_few = 0 < len(apart.columns) <= max(1.0, FEW_COLUMNS * len(columns))
    if math.isinf(one.effect) or (is_few and one.effect > effect and (stated_apart <= asked or stated > asked)):
        return apart, "columns", stated_apart
    return one, "one", stated


def _one(history: Sequence[Points], *, asked: float, effect: float) -> tuple[Thresholds, float]:
    """Give the order statistic that the rate asked for takes, or the largest there is and what may be stated of it."""
    worst = sorted(max(points.values(), default=0.0) for points in history)
    rank = math.ceil(round((len(worst) + 1) * (1 - asked), 9))
    is_enough = rank <= len(worst)
    threshold = _above(worst[min(rank, len(worst)) - 1])
    least = LEAST_EFFECT if is_enough else effect
    return Thresholds(max(least, threshold)), (len(worst) + 1 - min(rank, len(worst))) / (len(worst) + 1)


def _apart(history: Sequence[Points], effect: float) -> tuple[Thresholds, float]:
    """Give each column that alarmed a threshold above its record.

    Of N + 1 batches the last is as likely as any to hold a record; with it there is at most one holder more.
    """
    records: dict[str, tuple[float, int]] = {}
    for at, points in enumerate(history):
        for name, point in points.items():
            if point >= effect and point > records.get(name, (0.0, 0))[0]:
                records[name] = point, at
    holders = {at for _, at in records.values()}
    columns = {name: _above(point) for name, (point, _) in records.items()}
    return Thresholds(effect, columns), min(1.0, (len(holders) + 1) / (len(history) + 1))


def _above(point: float) -> float:
    """Give the next threshold that is not reached; there is none from 1 on."""
    return math.inf if point >= 1 - 1 / STEP else (math.floor(point * STEP) + 1) / STEP


def _dependence(worst: Sequence[float]) -> float:
    """Give how far a batch resembles the one before it: the rank correlation of neighbours, 0 if chance explains it.

    Such batches tell less than their number: M. S. Bartlett, J. Royal Statistical Society 98, 1935.
    """
    ranks = [sum(other < one for other in worst) + sum(other == one for other in worst) / 2 for one in worst]
    middle = sum(ranks) / max(1, len(ranks))
    spread = sum((rank - middle) ** 2 for rank in ranks)
    if len(ranks) < 3 or not spread:
        return 0.0
    found = sum((one - middle) * (next_one - middle) for one, next_one in pairwise(ranks)) / spread
    return min(0.99, found) if found > LIKELY / math.sqrt(len(ranks)) else 0.0
