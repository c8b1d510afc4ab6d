"""SageMaker Model Monitor's `statistics.json` into a baseline, and a baseline or a batch's counts into one. Pure.

Its KLL sketch (Karnin, Lang, Liberty 2016) keeps values in levels; one of level i stands for 2**i values. A value that
occurs c times is written into the levels of the binary digits of c, so what is written is read back exactly.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.exchange.imported import Left, document, items, shown
from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints, Kind, Numbers, label
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.moments import Moments
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.logical import logical
from holdfast.shared.errors import ContractError
from holdfast.shared.foreign import at

KIND = "statistics.json of Model Monitor"
VERSION = 0.0
BUCKETS = 10
SHRINKING, SIZE = 0.64, 2_048.0
FACTOR, POWER = 2.446, 0.9433
MOST_KNOTS = 512
MOST_LEVELS = 60
MOST_HELD = 1_000_000
TYPES = {"Integral": "int64", "Fractional": "double"}
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """A baseline, how far the shares of each column may be off, and what was left out."""

    baseline: Baseline
    errors: Mapping[str, float]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The file, how far the ranks of each column may be off, and what was left out."""

    document: Mapping[str, Any]
    errors: Mapping[str, float]
    left: tuple[Left, ...]

    def text(self) -> str:
        """Write it as JSON."""
        return json.dumps(self.document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


class _Unusable(Exception):  # noqa: N818
    """A feature cannot become a column, for this reason."""


def is_statistics(found: Mapping[str, Any]) -> bool:
    """Tell whether a document looks like statistics."""
    return isinstance(found.get("features"), list) and "dataset" in found


def baseline_of(data: bytes) -> Read:
    """Make a baseline of statistics; raises `ContractError` if they are none.

    What a feature does not tell well enough to hold batches against is left out, and listed with the reason.
    """
    found = document(data, kind=KIND)
    features, rows = items(found, "features", kind=KIND), at(found, "dataset", "item_count")
    if not _is_count(rows):
        raise ContractError(f"{KIND}: dataset.item_count must be a count of rows, got {shown(rows)}")
    columns: dict[str, BaselineColumn] = {}
    errors: dict[str, float] = {}
    left: list[Left] = []
    for place, feature in enumerate(features):
        name = at(feature, "name")
        if not isinstance(name, str) or not name or name in columns:
            left.append(Left(f"features[{place}]", "a feature", "expected an object with a name of its own"))
            continue
        try:
            columns[name], errors[name] = _column(feature, int(rows))
        except _Unusable as unusable:
            left.append(Left(f"features[{place}]", shown(name), str(unusable)))
    if not columns:
        raise ContractError(f"{KIND}: no feature of {len(features)} can be held against; {_first(left)}")
    return Read(Baseline(int(rows), columns), errors, tuple(left))


def _first(left: list[Left]) -> str:
    return f"{left[0].what}: {left[0].reason}" if left else "expected at least one"


def _is_count(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53 and value == int(value)


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1.7e308:
        raise _Unusable(f"{what} must be a number, got {shown(value)}")
    return float(value)


def _column(feature: Any, rows: int) -> tuple[BaselineColumn, float]:
    kind = at(feature, "inferred_type")
    if isinstance(kind, str) and kind in TYPES:
        return _numeric(feature, at(feature, "numerical_statistics"), kind, rows)
    if kind == "String":
        return _text(at(feature, "string_statistics"), rows)
    raise _Unusable(f"inferred_type {shown(kind)} says nothing of its values")


def _common(statistics: Any, rows: int) -> tuple[int, int]:
    """Give how many values are there and how many are missing; together they must be the rows."""
    n, nulls = at(statistics, "common", "num_present"), at(statistics, "common", "num_missing")
    if not _is_count(n) or not _is_count(nulls) or n + nulls != rows:
        raise _Unusable(f"num_present {shown(n)} and num_missing {shown(nulls)} do not make {rows} rows")
    return int(n), int(nulls)


def _text(statistics: Any, rows: int) -> tuple[BaselineColumn, float]:
    n, nulls = _common(statistics, rows)
    buckets = at(statistics, "distribution", "categorical", "buckets")
    found: dict[str, int] = {}
    for bucket in buckets if isinstance(buckets, list) else []:
        value, count = at(bucket, "value"), at(bucket, "count")
        if not isinstance(value, str) or not _is_count(count) or value in found:
            raise _Unusable("a bucket is no value with its count, or one that is there twice")
        found[value] = int(count)
    found = {label(value.encode()): count for value, count in found.items()}
    if sum(found.values()) != n:
        raise _Unusable(f"its buckets count {sum(found.values())} of {n} values: the rest is not known")
    names = sorted(found)
    values = Categories(tuple(names), np.array([found[name] for name in names], np.int64))
    return BaselineColumn("string", Kind.CATEGORY, n, nulls, 0, values), 0.0


def _numeric(feature: Any, statistics: Any, kind: str, rows: int) -> tuple[BaselineColumn, float]:
    n, nulls = _common(statistics, rows)
    if not n:
        raise _Unusable("it has no value")
    low, high = _number(at(statistics, "min"), "min"), _number(at(statistics, "max"), "max")
    if low > high:
        raise _Unusable(f"min {low:g} is above max {high:g}")
    kll = at(statistics, "distribution", "kll")
    values, counts, error = _sketched(kll, n) if at(kll, "sketch", "data") else _bucketed(kll, n, low, high)
    distribution = _distribution(values, counts, low, high, is_whole=kind == "Integral")
    moments = _moments(statistics, distribution, n, low, high, is_whole=kind == "Integral")
    return BaselineColumn(TYPES[kind], Kind.NUMBER, n, nulls, 0, distribution, (0, 0), moments), error


def _sketched(kll: Any, n: int) -> tuple[Floats, Ints, float]:
    """Weigh the values of each level, scaled to as many as there are: a sketch may have lost a few."""
    levels = at(kll, "sketch", "data")
    if (
        not isinstance(levels, list)
        or len(levels) > MOST_LEVELS
        or not all(isinstance(level, list) for level in levels)
    ):
        raise _Unusable(f"the sketch must be at most {MOST_LEVELS} lists of numbers")
    if sum(map(len, levels)) > MOST_HELD:
        raise _Unusable(f"the sketch holds more than {MOST_HELD} values")
    values = np.array([_number(value, "a value of the sketch") for level in levels for value in level])
    weights = np.repeat(2 ** np.arange(len(levels), dtype=np.int64), [len(level) for level in levels])
    total = sum(len(level) << weight for weight, level in enumerate(levels))
    if not _is_near(total, n):
        raise _Unusable(f"the sketch weighs {total} for {n} values")
    values, at_most = _cumulated(values, weights)
    return values, _scaled(at_most, total, n), _error(kll, levels)


def _is_near(total: float, n: int) -> bool:
    """Tell whether a sketch, which may have lost a few, stands for n values."""
    return total > 0 and abs(total - n) <= max(1, n // 50)


def _error(kll: Any, levels: list[list[Any]]) -> float:
    """Give how far a share may be off: not at all while every value is kept, else as DataSketches states for k.

    Its constants fit the 99th percentile of the largest error in thousands of trials (`getNormalizedRankError`).
    """
    if not any(levels[1:]):
        return 0.0
    k = at(kll, "sketch", "parameters", "k")
    error: float = FACTOR / max(8.0, float(k if _is_count(k) else SIZE)) ** POWER
    return error


def _cumulated(values: Floats, weights: Ints) -> tuple[Floats, Ints]:
    distinct, places = np.unique(values, return_inverse=True)
    counts = np.zeros(len(distinct), np.int64)
    np.add.at(counts, places, weights)
    return distinct, np.cumsum(counts)


def _scaled(at_most: Ints, total: int, n: int) -> Ints:
    return at_most if total == n else np.array([int(up_to) * n // total for up_to in at_most.tolist()], np.int64)


def _bucketed(kll: Any, n: int, low: float, high: float) -> tuple[Floats, Ints, float]:
    """Take the upper bounds of the buckets as knots; what lies between them is not known."""
    buckets = at(kll, "buckets")
    if not isinstance(buckets, list) or not 0 < len(buckets) <= MOST_KNOTS:
        raise _Unusable("it has neither a sketch nor buckets")
    uppers = np.array([_number(at(bucket, "upper_bound"), "upper_bound") for bucket in buckets])
    counts = [at(bucket, "count") for bucket in buckets]
    ordered = bool((np.diff(uppers) > 0).all()) and uppers[-1] >= high
    if not all(map(_is_count, counts)) or not _is_near(sum(counts), n) or not ordered:
        raise _Unusable(f"its buckets do not hold its {n} values in order")
    uppers[-1] = high
    return uppers, _scaled(np.cumsum(np.array(counts, np.int64)), int(sum(counts)), n), max(map(float, counts)) / n


def _distribution(values: Floats, at_most: Ints, low: float, high: float, *, is_whole: bool) -> Distribution:
    """Make knots of values, with the ends that are known for sure; at least one value lies at each end."""
    inside = (values > low) & (values < high)
    n, before = int(at_most[-1]), at_most[values <= low]
    if low < high and n < 2:
        raise _Unusable(f"it has {n} value from {low:g} to {high:g}")
    first = min(max(1, int(before[-1])), max(1, n - 1)) if len(before) else 1
    knots: Numbers = np.concatenate([[low], values[inside], [high]]) if low < high else np.array([low])
    middle = np.clip(at_most[inside], first, max(first, n - 1))
    up_to = np.concatenate([[first], middle, [n]]) if low < high else np.array([n], np.int64)
    if is_whole and (knots == np.trunc(knots)).all() and np.abs(knots).max() < 2**53:
        knots = knots.astype(np.int64)
    kept = np.append(knots[1:] > knots[:-1], True) & (np.diff(up_to, prepend=0) > 0)
    knots, up_to = knots[kept], up_to[kept].astype(np.int64)
    below = np.concatenate([np.zeros(1, np.int64), up_to[:-1]])
    return Distribution(knots, below, up_to)


def _moments(
    statistics: Any, distribution: Distribution, n: int, low: float, high: float, *, is_whole: bool
) -> Moments:
    """Put mean and deviation as they are told on the grid of the knots."""
    mean, deviation = _number(at(statistics, "mean"), "mean"), _number(at(statistics, "std_dev"), "std_dev")
    if not low <= mean <= high or deviation < 0:
        raise _Unusable(f"mean {mean:g} and std_dev {deviation:g} are none of values from {low:g} to {high:g}")
    grid = distribution.grid
    step = Fraction(2) ** grid.exponent
    from_centre = (Fraction(mean) - Fraction(grid.centre)) / step
    first = round(from_centre * n)
    second = round(n * ((Fraction(deviation) / step) ** 2 + from_centre**2))
    second = max(second, -(-(first**2) // n))
    if is_whole and low == int(low) and high == int(high):
        return Moments(n, int(low), int(high), grid, first, second)
    return Moments(n, low, high, grid, first, second)


def of_baseline(baseline: Baseline) -> Written:
    """Write a baseline as statistics."""
    return _written(baseline.rows, {name: _of_reference(column) for name, column in baseline.columns.items()})


def of_counts(counts: Counts, baseline: Baseline) -> Written:
    """Write the counts of a batch as statistics: at the reference's knots, and with its own ends."""
    found = {name: _of_batch(column, baseline.columns.get(name)) for name, column in counts.columns.items()}
    return _written(counts.rows, found)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is written of a column: values with their counts in order, or labels with theirs, or why nothing is."""

    type: str
    n: int
    missing: int
    values: Distribution | Mapping[str, int] | str
    moments: Moments | None = None
    infinite: int = 0


def _of_reference(column: BaselineColumn) -> _Told:
    values: Distribution | Mapping[str, int] | str = "its values are not kept"
    if isinstance(column.values, Distribution) and column.kind is Kind.NUMBER:
        values = column.values
    elif isinstance(column.values, Categories):
        values = _labelled(column.values, column.values.counts)
    return _told(column, values)


def _labelled(known: Categories, counts: Ints) -> Mapping[str, int] | str:
    if known.labels is None:
        return "it has too many categories to be listed"
    return {name: count for name, count in zip(known.labels, counts.tolist(), strict=False) if count}


def _of_batch(column: CountedColumn, known: BaselineColumn | None) -> _Told:
    values: Distribution | Mapping[str, int] | str = "the reference does not have it, so its values were not counted"
    if known is None or column.counts is None:
        return _told(column, values)
    if isinstance(known.values, Distribution) and column.kind is Kind.NUMBER and column.moments is not None:
        values = _at_knots(known.values.knots, column.counts[1], column.moments)
    elif isinstance(known.values, Categories):
        values = _labelled(known.values, column.counts)
        if isinstance(values, dict) and column.unseen is not None and column.unseen.total:
            complete = column.unseen.is_complete
            values = {**values, **column.unseen.labels} if complete else "it has too many new categories to be listed"
    return _told(column, values)


def _at_knots(knots: Numbers, at_most: Ints, moments: Moments) -> Distribution | str:
    """Take what was counted at the reference's knots, between the batch's own ends."""
    if moments.minimum is None or moments.maximum is None:
        return "it has no finite value"
    low, high = float(moments.minimum), float(moments.maximum)
    return _distribution(
        np.append(knots.astype(np.float64), high), np.append(at_most, moments.n), low, high,
        is_whole=isinstance(moments.maximum, int),
    )  # fmt: skip


def _told(column: BaselineColumn | CountedColumn, values: Distribution | Mapping[str, int] | str) -> _Told:
    infinite = sum(column.infinite)
    if column.kind not in (Kind.NUMBER, Kind.CATEGORY):
        values = f"it has no features of {column.kind}"
    elif not column.n:
        values = "it has no value"
    elif infinite:
        values = f"{infinite} infinite values cannot be written"
    elif isinstance(values, Distribution) and (column.moments is None or column.moments.mean is None):
        values = "its mean is not known"
    return _Told(column.type, column.n, column.missing, values, column.moments, infinite)


def _written(rows: int, columns: Mapping[str, _Told]) -> Written:
    features, errors, left = [], {}, []
    for name, column in columns.items():
        if isinstance(column.values, str):
            left.append(Left("columns", shown(name), column.values))
            continue
        if isinstance(column.values, Distribution):
            features.append(_numbers_of(name, column, column.values))
            errors[name] = _lost(column.values)
        else:
            features.append(_text_of(name, column, column.values))
            errors[name] = 0.0
    found = {"version": VERSION, "dataset": {"item_count": rows}, "features": features}
    return Written(found, errors, tuple(left))


def _text_of(name: str, column: _Told, values: Mapping[str, int]) -> dict[str, Any]:
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    buckets = [{"value": value, "count": count} for value, count in ordered]
    statistics = {
        "common": {"num_present": column.n, "num_missing": column.missing},
        "distinct_count": float(len(values)),
        "distribution": {"categorical": {"buckets": buckets}},
    }
    return {"name": name, "inferred_type": "String", "string_statistics": statistics}


def _numbers_of(name: str, column: _Told, values: Distribution) -> dict[str, Any]:
    moments = column.moments or Moments()
    kept = _thinned(values)
    mean, low, high = float(moments.mean or 0), float(moments.minimum or 0), float(moments.maximum or 0)
    statistics = {
        "common": {"num_present": column.n, "num_missing": column.missing},
        "mean": mean,
        "sum": mean * moments.n,
        "std_dev": float(moments.deviation or 0),
        "min": low,
        "max": high,
        "distribution": {"kll": {"buckets": _buckets(values, low, high), "sketch": _sketch(kept)}},
    }
    whole = logical(column.type).form in ("int", "uint", "bool")
    return {"name": name, "inferred_type": "Integral" if whole else "Fractional", "numerical_statistics": statistics}


def _thinned(values: Distribution) -> Distribution:
    """Keep 512 knots of about equal mass, both ends among them."""
    if len(values.knots) <= MOST_KNOTS:
        return values
    ranks = np.linspace(values.at_most[0], values.n, MOST_KNOTS)
    kept = np.unique(np.append(np.searchsorted(values.at_most, ranks, side="left"), [0, len(values.knots) - 1]))
    return Distribution(values.knots[kept], values.below[kept], values.at_most[kept])


def _lost(values: Distribution) -> float:
    """Give the largest share between two knots that are written: by so much a rank between them may be off."""
    return _thinned(values).resolution


def _sketch(values: Distribution) -> dict[str, Any]:
    """Write each value into the levels of the binary digits of its count; of a size whose error is what was lost."""
    counts, knots = np.diff(values.at_most, prepend=0), values.knots.astype(np.float64)
    levels = [knots[(counts >> level) & 1 == 1].tolist() for level in range(int(counts.max()).bit_length())]
    lost = values.resolution
    size = min(SIZE, float(int((FACTOR / lost) ** (1 / POWER)))) if lost else SIZE
    return {"parameters": {"c": SHRINKING, "k": size}, "data": levels}


def _buckets(values: Distribution, low: float, high: float) -> list[dict[str, float]]:
    """Cut from least to greatest into ten of equal width, as Model Monitor does; the last holds its upper end."""
    bounds = [low + (high - low) * (at / BUCKETS) for at in range(BUCKETS)] + [high]
    knots = values.knots.astype(np.float64)
    places = np.searchsorted(knots, bounds[1:-1], side="left")
    below = [0, *(int(values.below[place]) if place < len(knots) else values.n for place in places), values.n]
    return [
        {"lower_bound": lower, "upper_bound": upper, "count": float(count)}
        for lower, upper, count in zip(bounds[:-1], bounds[1:], np.diff(below).tolist(), strict=True)
    ]
