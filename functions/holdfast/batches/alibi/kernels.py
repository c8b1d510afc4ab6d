"""alibi-detect's detectors that see all columns at once by a kernel, on PyTorch where the image holds it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.batches.alibi.arguments import Permuted
from holdfast.batches.alibi.columns import Column, Vector, aligned, evenly
from holdfast.batches.alibi.results import assessed, too_few, unread, weighed
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import BatchAssessment, ColumnResult, unjudged

ALL_COLUMNS = "all columns together"
SEED = 20_120_313
MOST_LEVELS = 20
Matrix = npt.NDArray[np.float32]
Make = Callable[[Matrix, float, Permuted], Any]


@dataclass(frozen=True, slots=True)
class Kernel:
    """One detector: how it is made of the reference's rows, and what its distance says on a scale from 0 to 1."""

    id: str
    what: str
    make: Make
    effect: Callable[[float, float], float]

    def compare(
        self, reference: pa.Table, batch: pa.Table, policy: DriftPolicy, arguments: Permuted
    ) -> BatchAssessment:
        """Test both samples as wholes; without PyTorch nothing can be said, and the operator must act."""
        if find_spec("torch") is None:
            return unjudged(f"{self.id} needs PyTorch, which this image does not hold", detector=self.id)
        reference, batch = evenly(reference, arguments.most_rows), evenly(batch, arguments.most_rows)
        n = batch.num_rows
        if (assessment := too_few(reference.num_rows, n, policy.minimum_rows, detector=self.id)) is not None:
            return assessment
        columns, skipped = aligned(reference, batch)
        results = unread(skipped, n=n)
        if columns:
            results.append(self._weighed(columns, n=n, policy=policy, arguments=arguments))
        return assessed(results, detector=self.id, n=n)

    def _weighed(self, columns: Sequence[Column], *, n: int, policy: DriftPolicy, arguments: Permuted) -> ColumnResult:
        before, after = points(columns)
        with _same_permutations():
            found = self.make(before, policy.alpha, arguments).predict(after)["data"]
        p = _never_zero(float(found["p_val"]), arguments.permutations)
        effect = self.effect(float(found["distance"]), float(found["distance_threshold"]))
        return weighed(
            ALL_COLUMNS, self.what, n=n, p=p, p_adjusted=p, effect=effect, threshold=arguments.effect, policy=policy
        )


def points(columns: Sequence[Column]) -> tuple[Matrix, Matrix]:
    """Lay both samples out as points, one row each, every column on one scale.

    Numbers stand at their place among the reference's, between 0 and 1, so that no unit and no outlier rules the
    kernel; a category is a corner of its own, at distance 1 from the others; what is missing stands amid and is marked.
    """
    laid = [part for column in columns for part in _parts(column)]
    before, after = (np.column_stack([pair[side] for pair in laid]).astype(np.float32) for side in (0, 1))
    return before, after


def _parts(column: Column) -> Iterator[tuple[Vector, Vector]]:
    if column.categorical:
        yield from _corners(column)
    else:
        known = np.sort(column.reference[~np.isnan(column.reference)])
        yield _places(column.reference, known), _places(column.batch, known)
    if column.has_missing:
        yield np.isnan(column.reference).astype(np.float64), np.isnan(column.batch).astype(np.float64)


def _corners(column: Column) -> Iterator[tuple[Vector, Vector]]:
    """Give the most frequent categories a coordinate each; those beyond share the origin."""
    size = 1 / np.sqrt(2)
    codes, counts = np.unique(column.reference[~np.isnan(column.reference)], return_counts=True)
    for code in codes[np.argsort(-counts, kind="stable")][:MOST_LEVELS]:
        yield (column.reference == code) * size, (column.batch == code) * size


def _places(values: Vector, known: Vector) -> Vector:
    if not len(known):
        return np.full(len(values), 0.5)
    places = np.searchsorted(known, values, side="left") + np.searchsorted(known, values, side="right")
    return np.where(np.isnan(values), 0.5, places / (2 * len(known)))


def _never_zero(p: float, permutations: int) -> float:
    """Count the sample itself among its permutations: B. Phipson and G. K. Smyth, 2010, p-values are never zero."""
    return (p * permutations + 1) / (permutations + 1)


@contextmanager
def _same_permutations() -> Iterator[None]:
    """Let PyTorch's and numpy's global generators, of which alibi-detect permutes, say the same each time."""
    torch = import_module("torch")
    kept = np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        np.random.seed(SEED)
        try:
            yield
        finally:
            np.random.set_state(kept)
