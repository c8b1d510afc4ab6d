"""alibi-detect's TabularDrift: Kolmogorov-Smirnov or chi-square per column, with its Bonferroni correction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from holdfast.batches.alibi.columns import Column, Vector, aligned
from holdfast.batches.alibi.imports import change_detectors
from holdfast.batches.alibi.results import assessed, too_few, unread, untested, weighed
from holdfast.batches.decision import SHARE_OF_EFFECT
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import BatchAssessment, ColumnResult

ID = "alibi_tabular"
MISSING = "missing values, chi-square"


@dataclass(frozen=True, slots=True)
class Feature:
    """The two samples of one test, without a missing value in them."""

    column: str
    what: str
    categorical: bool
    reference: Vector
    batch: Vector


def compare(reference: pa.Table, batch: pa.Table, policy: DriftPolicy) -> BatchAssessment:
    """Test every column of both samples; where values are missing, how many is a test of its own."""
    if (assessment := too_few(reference.num_rows, batch.num_rows, policy.minimum_rows, detector=ID)) is not None:
        return assessment
    columns, skipped = aligned(reference, batch)
    results = unread(skipped, n=batch.num_rows)
    results += [
        untested(column.name, "only one side holds a value", n=batch.num_rows)
        for column in columns
        if _one_sided(column)
    ]
    features = [feature for column in columns for feature in _features(column)]
    for group in _groups(features):
        results += _weighed(group, tests=len(features), policy=policy)
    return assessed(results, detector=ID, n=batch.num_rows)


def _features(column: Column) -> Iterator[Feature]:
    reference, batch = column.reference, column.batch
    present = reference[~np.isnan(reference)], batch[~np.isnan(batch)]
    if all(map(len, present)):
        yield Feature(
            column.name, "chi-square" if column.categorical else "Kolmogorov-Smirnov", column.categorical, *present
        )
    if column.has_missing:
        yield Feature(
            column.name, MISSING, True, np.isnan(reference).astype(np.float64), np.isnan(batch).astype(np.float64)
        )


def _one_sided(column: Column) -> bool:
    return bool(np.isnan(column.reference).all() != np.isnan(column.batch).all())


def _groups(features: Sequence[Feature]) -> list[list[Feature]]:
    """Put tests on equally many rows together, as alibi-detect takes a matrix: mostly all are in one."""
    groups: dict[tuple[int, int], list[Feature]] = {}
    for feature in features:
        groups.setdefault((len(feature.reference), len(feature.batch)), []).append(feature)
    return list(groups.values())


def _weighed(group: Sequence[Feature], *, tests: int, policy: DriftPolicy) -> Iterator[ColumnResult]:
    """Run one group; its share of alpha makes alibi-detect's own correction that of all the tests."""
    detector = change_detectors().TabularDrift(
        np.column_stack([feature.reference for feature in group]),
        p_val=policy.alpha * len(group) / tests,
        categories_per_feature={at: None for at, feature in enumerate(group) if feature.categorical},
        correction="bonferroni",
    )
    found = detector.predict(np.column_stack([feature.batch for feature in group]))["data"]
    for feature, p, distance in zip(group, found["p_val"].tolist(), found["distance"].tolist(), strict=True):
        yield weighed(
            feature.column, feature.what, n=len(feature.batch), p=p, tests=tests, policy=policy,
            effect=_total_variation(feature) if feature.categorical else distance,
            threshold=policy.effect * SHARE_OF_EFFECT["null_rate" if feature.what is MISSING else "ks"],
        )  # fmt: skip


def _total_variation(feature: Feature) -> float:
    """Say how large a change of categories is; alibi-detect's distance here, chi-square, grows with the rows."""
    seen = np.union1d(feature.reference, feature.batch)
    rates = [
        np.bincount(np.searchsorted(seen, part), minlength=len(seen)) / len(part)
        for part in (feature.reference, feature.batch)
    ]
    return float(np.abs(rates[0] - rates[1]).sum() / 2)


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare)
