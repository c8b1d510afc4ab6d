"""Columns that move on by themselves: when a row was made, or its number. That they differ says nothing of the data."""

import re

import numpy as np

from holdfast.batches.kernel.baseline import BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import CountedColumn
from holdfast.batches.kernel.numeric import Distribution

MOMENT = re.compile(r"timestamp|date(32|64)")
DAY = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]($|[T ])")
NUMBERED = re.compile(
    r"(^|[^a-z])(id|idx|index|instant|row|rowid|seq|sequence|record|nr|no)$|^__index_level_[0-9]+__$|^unnamed: [0-9]+$"
)
INNER_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
HALF, EVEN = 0.5, 0.05


def passing(name: str, reference: BaselineColumn, batch: CountedColumn) -> str | None:
    """Say why a column is not judged: a batch's own window of time, or of row numbers, beside the reference's.

    Points in time, as such or written out, where half of the batch lies beyond the reference or less than half of the
    reference lies within what the batch spans: dates that do not move on, such as dates of birth, are judged. Whole
    numbers only if they are called a row's number and are spread like one, each once and evenly.
    """
    if not reference.n or not batch.n or batch.counts is None:
        return None
    values = reference.values
    if isinstance(values, Distribution) and reference.kind is Kind.TIME and MOMENT.search(reference.type):
        within, beyond = _window(values, batch)
        return _told("times", within, beyond) if beyond >= HALF or within < HALF else None
    if isinstance(values, Distribution) and _is_numbering(name, reference.type, values):
        within, beyond = _window(values, batch)
        return _told("row numbers", within, beyond) if beyond == 1 or (within < HALF and not beyond) else None
    if isinstance(values, Categories) and values.labels and all(map(DAY.match, values.labels)):
        within, beyond = _written_window(values, batch)
        return _told("dates", within, beyond) if beyond >= HALF or within < HALF else None
    return None


def _told(what: str, within: float, beyond: float) -> str:
    where = f"{beyond:.1%} lie beyond the reference" if beyond else f"they span {within:.1%} of the reference"
    return f"{what} move on by themselves and are not judged: {where}; give the column an effect to judge it"


def _window(values: Distribution, batch: CountedColumn) -> tuple[float, float]:
    """Give the share of the reference within what the batch spans, and that of the batch beyond the reference."""
    below, at_most = batch.counts if batch.counts is not None else values.nothing()
    beyond = (int(below[0]) + batch.n - int(at_most[-1])) / batch.n
    before = values.at_most[at_most == 0].max(initial=0)
    after = values.n - values.below[below == batch.n].min(initial=values.n)
    return float(max(0, values.n - before - after)) / values.n, float(beyond)


def _written_window(values: Categories, batch: CountedColumn) -> tuple[float, float]:
    counts = batch.counts if batch.counts is not None else values.nothing()
    there = np.flatnonzero(counts[:-1])
    within = int(values.counts[there[0] : there[-1] + 1].sum()) if len(there) else 0
    return within / values.n, int(counts[-1]) / batch.n


def _is_numbering(name: str, data_type: str, values: Distribution) -> bool:
    if "int" not in data_type or not NUMBERED.search(INNER_CAPITAL.sub("_", name).lower()) or len(values.knots) < 2:
        return False
    if np.any(values.at_most - values.below > 1):
        return False
    knots = values.knots.astype(np.float64)
    even = (knots - knots[0]) / (knots[-1] - knots[0])
    return bool(np.abs(even - values.at_most / values.n).max() < EVEN)
