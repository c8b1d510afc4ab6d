"""One column of a batch beside the reference's: which tests there are, and what each measures. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from holdfast.batches.kernel.baseline import BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Ints
from holdfast.batches.kernel.counts import CountedColumn
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.statistics import (
    chi_square,
    ks_distance,
    ks_p,
    pooled,
    total_variation,
    two_proportions_p,
    unseen_p,
)
from holdfast.batches.verdict import Test


@dataclass(frozen=True, slots=True)
class Measured:
    """What one test says of one column: rows of the reference and of the batch, effect and p.

    `ways` counts the categories whose shares make up the effect: two for a rate or a distribution function.
    """

    name: str
    test: Test
    n: int
    m: int
    effect: float
    p: float
    detail: str
    ways: int = 2


def compared(name: str, reference: BaselineColumn, batch: CountedColumn) -> Iterator[Measured]:
    """Run every test that can tell a difference between the two."""
    if batch.n and batch.counts is not None:
        if isinstance(reference.values, Distribution) and reference.n:
            yield _distribution(name, reference.values, batch)
        elif isinstance(reference.values, Categories) and reference.n:
            yield from _categories(name, reference.values, batch)
    if reference.missing + batch.missing and reference.n + batch.n:
        yield _missing(name, reference, batch)


def _distribution(name: str, reference: Distribution, batch: CountedColumn) -> Measured:
    below, at_most = batch.counts if batch.counts is not None else reference.nothing()
    distance = ks_distance(reference.below, reference.at_most, reference.n, below, at_most, batch.n)
    detail = _direction(reference, batch.n, below, at_most) if distance else "the values are spread as in the reference"
    return Measured(name, "ks", reference.n, batch.n, distance, ks_p(distance, reference.n, batch.n), detail)


def _direction(reference: Distribution, n: int, below: Ints, at_most: Ints) -> str:
    here = np.concatenate([below, at_most]) / n
    there = np.concatenate([reference.below, reference.at_most]) / reference.n
    at = int(np.argmax(np.abs(here - there)))
    size = "smaller" if here[at] > there[at] else "larger"
    return f"{size} values: {here[at]:.1%} lie up to a point where {there[at]:.1%} did"


def _categories(name: str, reference: Categories, batch: CountedColumn) -> Iterator[Measured]:
    counts: Ints = reference.nothing() if batch.counts is None else batch.counts
    known = np.append(reference.counts, 0)
    n, m, unseen = reference.n, batch.n, int(counts[-1])
    moved, distinct = total_variation(known, counts), int(np.count_nonzero(known + counts))
    kinds = "categories" if reference.labels is not None else "hashed groups of categories"
    detail = f"{moved:.1%} of rows moved among {distinct:,} {kinds}"
    p = chi_square(*pooled(reference.counts, counts[:-1], unseen=unseen)).p
    yield Measured(name, "chi2", n, m, moved, p, detail, max(2, distinct))
    if unseen:
        expected = reference.occurring(1)
        surplus = max(0.0, unseen / m - expected / n)
        detail = (
            f"{unseen / m:.2%} of rows are in categories the reference does not have, {expected / n:.2%} are expected"
        )
        p = unseen_p(expected, reference.occurring(2), n, unseen, m) if surplus else 1.0
        yield Measured(name, "new_categories", n, m, surplus, p, detail)


def _missing(name: str, reference: BaselineColumn, batch: CountedColumn) -> Measured:
    n, m = reference.n + reference.missing, batch.n + batch.missing
    before, now = reference.missing / n, batch.missing / m
    detail = f"missing {before:.2%} before, {now:.2%} now (null {batch.nulls / m:.2%}, NaN {batch.nans / m:.2%})"
    p = two_proportions_p(reference.missing, n, batch.missing, m)
    return Measured(name, "null_rate", n, m, abs(before - now), p, detail)
