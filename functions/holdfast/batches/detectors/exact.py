"""Kolmogorov-Smirnov, chi-square and null rates from the counts of every row: exact, mergeable, no sample."""

from collections.abc import Collection, Sequence

from holdfast.batches.decision import assess
from holdfast.batches.detection import COUNTS, Detector
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import BatchAssessment, ColumnResult


def compare(
    reference: Baseline,
    batch: Counts,
    policy: DriftPolicy,
    *,
    critical: Collection[str] = (),
    extra: Sequence[ColumnResult] = (),
) -> BatchAssessment:
    """Hold the counts of a batch against the baseline they were taken for, beside what else is known of it."""
    return assess(reference, batch, policy, critical=critical, extra=extra)


DETECTOR = Detector(id="exact", kind=COUNTS, compare=compare)
