"""Why batches depart, judged one after the other at a desk: each is explained by those before it in the order given."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.why.explained import explain
from holdfast.batches.why.findings import ColumnExplained, Explanation
from holdfast.batches.why.history import Past, following, past_of
from holdfast.shared import clock
from holdfast_console.batches import Judged
from holdfast_console.objects import SCHEME

MOST_TOLD = 8
NAMELESS = "''"


class Explainer:
    """Explain batches in the order they come, and remember each for those that follow."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._past: list[Past] = []

    def explained(self, verdicts: Iterable[Judged]) -> Iterator[Judged]:
        """Hand verdicts on as they come, each with why; one whose rows were not counted has nothing to explain."""
        for one in verdicts:
            yield replace(one, why=self.add(one))

    def add(self, judged: Judged) -> Explanation | None:
        """Explain one batch."""
        why = None
        if judged.counts is not None:
            why = explain(self._baseline, judged.counts, judged.verdict, past=self._past)
        name = judged.place.rstrip("/").rpartition("/")[2]
        lower, higher = ((), ()) if why is None else (why.lower, why.higher)
        time = following(self._past, _time(judged.place))
        self._past.append(past_of(judged.verdict, key=name[:1024], object_time=time, lower=lower, higher=higher))
        return why


def _time(place: str) -> datetime:
    file = Path(place)
    if place.startswith(SCHEME) or not file.exists():
        return clock.now()
    return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)


def sentences(why: Explanation, *, most: int = MOST_TOLD) -> Iterator[tuple[int, str]]:
    """Say why in a few lines, each with its indent: the worst columns first, and how many more there are."""
    for column in why.columns[:most]:
        yield 2, f"{column.name or NAMELESS}: {column.direction}"
        yield from ((4, line) for line in _lines(column))
    left = max(0, len(why.columns) - most) + why.omitted
    if left:
        yield 2, f"and {left} more column{'s' if left > 1 else ''}"


def _lines(column: ColumnExplained) -> Iterator[str]:
    if column.moved:
        yield column.moved_text
    yield from (found.text for found in (column.segment, column.began, column.trend) if found is not None)
