"""A forest that sees all columns tries to tell two samples apart: alibi-detect's ClassifierDrift, tried repeatedly."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.batches.alibi.arguments import Forest
from holdfast.batches.alibi.columns import Column, Vector, aligned, evenly
from holdfast.batches.alibi.imports import change_detectors
from holdfast.batches.alibi.results import assessed, too_few, unread, weighed
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import BatchAssessment, ColumnResult, shown

SEED = 20_110_517
LEAST_ROWS = 20
MOST_NAMED = 3
ALL_COLUMNS = "all columns together"
Matrix = npt.NDArray[np.float64]


class Split(NamedTuple):
    """What one split says, and what the forest went by."""

    p: float
    distance: float
    importances: Vector


def told_apart(
    reference: pa.Table, batch: pa.Table, policy: DriftPolicy, arguments: Forest, *, detector: str
) -> BatchAssessment:
    """Train on half of the rows to tell the two samples apart, and test how far that succeeds on the other half."""
    reference, batch = evenly(reference, arguments.most_rows), evenly(batch, arguments.most_rows)
    least = max(policy.minimum_rows, LEAST_ROWS)
    if (assessment := too_few(reference.num_rows, batch.num_rows, least, detector=detector)) is not None:
        return assessment
    columns, skipped = aligned(reference, batch)
    results = unread(skipped, n=batch.num_rows)
    if columns:
        results.append(_weighed(columns, n=batch.num_rows, policy=policy, arguments=arguments))
    return assessed(results, detector=detector, n=batch.num_rows)


def _weighed(columns: Sequence[Column], *, n: int, policy: DriftPolicy, arguments: Forest) -> ColumnResult:
    before, after, names = _features(columns)
    found = list(_splits(before, after, arguments))
    p = twice_the_median([split.p for split in found])
    importances = np.mean([split.importances for split in found], axis=0)
    return weighed(
        ALL_COLUMNS,
        f"told apart by {_told_by(names, importances)}",
        n=n,
        p=p,
        p_adjusted=p,
        effect=float(np.median([split.distance for split in found])),
        threshold=policy.effect,
        policy=policy,
    )


def _splits(before: Matrix, after: Matrix, arguments: Forest) -> Iterator[Split]:
    """Split, train and test several times.

    Each p-value holds by itself, as the rows tested are independent of the model, which those of several folds are not:
    with five folds, p < 0.05 came for 8 of 60 batches that did not drift.
    """
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(
        n_estimators=arguments.trees,
        min_samples_leaf=10,
        max_features=0.5,
        class_weight="balanced_subsample",
        random_state=SEED,
    )
    detector = change_detectors().ClassifierDrift(before, forest, backend="sklearn", preds_type="probs", train_size=0.5)
    with _same_splits(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ks_2samp: Exact calculation unsuccessful", RuntimeWarning)
        for _ in range(arguments.splits):
            data = detector.predict(after)["data"]
            yield Split(float(data["p_val"]), float(data["distance"]), data["model"].feature_importances_)


def twice_the_median(values: Sequence[float]) -> float:
    """Put p-values together, however they depend on each other; one that is no number leaves none.

    N. Meinshausen, L. Meier and P. Bühlmann, "p-Values for High-Dimensional Regression", JASA 104, 2009.
    """
    return float(np.minimum(1.0, 2 * np.median(values)))


@contextmanager
def _same_splits() -> Iterator[None]:
    """Let numpy's global generator, of which alibi-detect splits, say the same each time."""
    kept = np.random.get_state()
    np.random.seed(SEED)
    try:
        yield
    finally:
        np.random.set_state(kept)


def _features(columns: Sequence[Column]) -> tuple[Matrix, Matrix, list[str]]:
    """Lay both samples out without a missing value: a column of places, and one that marks what is missing."""
    before, after, names = [], [], []
    for column in columns:
        before.append(_places(column.reference, column.reference))
        after.append(_places(column.batch, column.reference))
        names.append(column.name)
        if column.has_missing:
            before.append(np.isnan(column.reference).astype(np.float64))
            after.append(np.isnan(column.batch).astype(np.float64))
            names.append(column.name)
    return np.column_stack(before), np.column_stack(after), names


def _places(values: Vector, reference: Vector) -> Vector:
    """Replace values by their place in the reference, which infinities have too; the missing stand amid."""
    known = np.unique(reference[~np.isnan(reference)])
    places = np.searchsorted(known, values, side="left") + np.searchsorted(known, values, side="right")
    return np.where(np.isnan(values), len(known), places).astype(np.float64)


def _told_by(names: list[str], importances: Vector) -> str:
    weights: dict[str, float] = {}
    for name, weight in zip(names, importances.tolist(), strict=True):
        weights[name] = weights.get(name, 0.0) + weight
    ranked = sorted(weights, key=lambda name: (-weights[name], name))
    return ", ".join(shown(name) for name in ranked[:MOST_NAMED])
