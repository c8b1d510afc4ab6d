"""What a detector is: the record that each file of `detectors/` exports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from holdfast.batches.verdict import BatchAssessment

COUNTS: Final = "counts"
SAMPLE: Final = "sample"


@dataclass(frozen=True, slots=True)
class Detector:
    """A measure of drift, and what it is fed: additive counts of all rows, or a bounded sample of them.

    `compare(reference, batch, policy)` takes a `Baseline` and `Counts` (and `critical=` column names), or two tables.
    """

    id: str
    kind: Literal["counts", "sample"]
    compare: Callable[..., BatchAssessment]
