"""alibi-detect's ChiSquareDrift: chi-square on every column of categories, and on how many values are missing."""

from typing import TYPE_CHECKING, Any

from holdfast.batches.alibi.arguments import Corrected
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_chisquare"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Corrected | None = None
) -> BatchAssessment:
    """Test every column of categories of both samples; numbers are not for it, only whether they are there."""
    from holdfast.batches.alibi.imports import change_detectors
    from holdfast.batches.alibi.univariate import Feature, Matrix, Suite, total_variation

    def make(values: Matrix, features: "Sequence[Feature]") -> Any:
        seen = {at: sorted({*map(int, one.reference), *map(int, one.batch)}) for at, one in enumerate(features)}
        return change_detectors().ChiSquareDrift(values, categories_per_feature=seen)

    def called(feature: Feature) -> str | None:
        return "chi-square" if feature.categorical else None

    suite = Suite(ID, called, make, total_variation, missing="chi-square")
    return suite.compare(reference, batch, policy, arguments or Corrected())


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Corrected)
