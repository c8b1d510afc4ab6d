"""alibi-detect's FETDrift: Fisher's exact test on every column of two values, and on how many values are missing."""

from typing import TYPE_CHECKING, Any

from holdfast.batches.alibi.arguments import Corrected
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_fet"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Corrected | None = None
) -> BatchAssessment:
    """Test every column that holds nothing but two values; others are not for it, only whether they are there."""
    from holdfast.batches.alibi.imports import change_detectors
    from holdfast.batches.alibi.univariate import Feature, Matrix, Suite, total_variation

    def make(values: Matrix, features: "Sequence[Feature]") -> Any:
        return change_detectors().FETDrift(values, alternative="two-sided")

    def called(feature: Feature) -> str | None:
        return "Fisher exact" if feature.is_binary else None

    suite = Suite(ID, called, make, total_variation, missing="Fisher exact")
    return suite.compare(reference, batch, policy, arguments or Corrected())


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Corrected)
