"""alibi-detect's detectors of one column at a time, over all columns of two samples."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.batches.alibi.arguments import Corrected
from holdfast.batches.alibi.columns import Column, Vector, aligned, evenly
from holdfast.batches.alibi.results import adjusted, assessed, too_few, unread, untested, weighed
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.score import SHARE_OF_EFFECT
from holdfast.batches.verdict import BatchAssessment, ColumnResult

MISSING = "missing values"
ONE_SIDED = "only one side holds a value"
Matrix = npt.NDArray[np.float64]
Measure = Callable[["Feature", float], float]


@dataclass(frozen=True, slots=True)
class Feature:
    """The two samples of one test, without a missing value in them."""

    column: str
    what: str
    categorical: bool
    reference: Vector
    batch: Vector

    @property
    def is_binary(self) -> bool:
        """Tell whether both samples hold nothing but 0 and 1."""
        return all(bool(((side == 0) | (side == 1)).all()) for side in (self.reference, self.batch))


@dataclass(frozen=True, slots=True)
class Suite:
    """One detector: what it calls the test of a feature (`None`: it takes no such column), and how it is made.

    `make(reference, features)` gives the detector for a matrix of one column a feature; `effect(feature, distance)`
    says how large a change is on a scale from 0 to 1. `missing` names the test of how many values are missing, which
    detectors of categories can tell, too.
    """

    id: str
    called: Callable[[Feature], str | None]
    make: Callable[[Matrix, Sequence[Feature]], Any]
    effect: Measure
    missing: str | None = None

    def compare(
        self, reference: pa.Table, batch: pa.Table, policy: DriftPolicy, arguments: Corrected
    ) -> BatchAssessment:
        """Test every column of both samples that this detector takes, and say which ones it does not."""
        reference, batch = evenly(reference, arguments.most_rows), evenly(batch, arguments.most_rows)
        n = batch.num_rows
        if (assessment := too_few(reference.num_rows, n, policy.minimum_rows, detector=self.id)) is not None:
            return assessment
        columns, skipped = aligned(reference, batch)
        results = unread(skipped, n=n)
        results += [untested(column.name, ONE_SIDED, n=n) for column in columns if _is_one_sided(column)]
        features, left = self._taken(columns)
        results += [untested(name, f"{self.id} takes no such column", n=n) for name in left]
        results += self._weighed(features, policy, arguments.correction)
        return assessed(results, detector=self.id, n=n)

    def _taken(self, columns: Sequence[Column]) -> tuple[list[Feature], list[str]]:
        taken: list[Feature] = []
        left: list[str] = []
        for column in columns:
            for feature in _values(column):
                what = self.called(feature)
                if what is None:
                    left.append(column.name)
                else:
                    taken.append(Feature(column.name, what, feature.categorical, feature.reference, feature.batch))
            if column.has_missing and self.missing is not None:
                taken.append(_missing(column, self.missing))
        return taken, left

    def _weighed(self, features: Sequence[Feature], policy: DriftPolicy, correction: str) -> Iterator[ColumnResult]:
        tested = [said for group in _groups(features) for said in self._tested(group)]
        together = adjusted([p for _, p, _ in tested], correction)
        for (feature, p, distance), p_adjusted in zip(tested, together, strict=True):
            share = SHARE_OF_EFFECT["null_rate" if feature.what.startswith(MISSING) else "ks"]
            yield weighed(
                feature.column, feature.what, n=len(feature.batch), p=p, p_adjusted=p_adjusted,
                effect=self.effect(feature, distance), threshold=policy.effect * share, policy=policy,
            )  # fmt: skip

    def _tested(self, group: Sequence[Feature]) -> Iterator[tuple[Feature, float, float]]:
        detector = self.make(np.column_stack([feature.reference for feature in group]), group)
        found = detector.predict(np.column_stack([feature.batch for feature in group]), drift_type="feature")["data"]
        p_values, distances = np.ravel(found["p_val"]).tolist(), np.ravel(found["distance"]).tolist()
        return zip(group, p_values, distances, strict=True)


def total_variation(feature: Feature, distance: float) -> float:
    """Say how large a change of categories is; alibi-detect's distance, chi-square's, grows with the rows."""
    seen = np.union1d(feature.reference, feature.batch)
    rates = [
        np.bincount(np.searchsorted(seen, part), minlength=len(seen)) / len(part)
        for part in (feature.reference, feature.batch)
    ]
    return float(np.abs(rates[0] - rates[1]).sum() / 2)


def ks_distance(feature: Feature, distance: float) -> float:
    """Say how large a change of numbers is where a detector's own distance grows with the rows."""
    before, after = np.sort(feature.reference), np.sort(feature.batch)
    points = np.concatenate([before, after])
    shares = [np.searchsorted(side, points, side="right") / len(side) for side in (before, after)]
    return float(np.abs(shares[0] - shares[1]).max())


def _values(column: Column) -> Iterator[Feature]:
    present = column.reference[~np.isnan(column.reference)], column.batch[~np.isnan(column.batch)]
    if all(map(len, present)):
        yield Feature(column.name, "values", column.categorical, *present)


def _missing(column: Column, what: str) -> Feature:
    marks = [np.isnan(side).astype(np.float64) for side in (column.reference, column.batch)]
    return Feature(column.name, f"{MISSING}, {what}", True, marks[0], marks[1])


def _is_one_sided(column: Column) -> bool:
    return bool(np.isnan(column.reference).all() != np.isnan(column.batch).all())


def _groups(features: Sequence[Feature]) -> list[list[Feature]]:
    """Put tests on equally many rows together, as alibi-detect takes a matrix: mostly all are in one."""
    groups: dict[tuple[int, int], list[Feature]] = {}
    for feature in features:
        groups.setdefault((len(feature.reference), len(feature.batch)), []).append(feature)
    return list(groups.values())
