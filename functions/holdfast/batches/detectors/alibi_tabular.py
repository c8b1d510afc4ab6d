"""alibi-detect's TabularDrift: Kolmogorov-Smirnov or chi-square per column, and how many values are missing."""

from typing import TYPE_CHECKING, Any

from holdfast.batches.alibi.arguments import Corrected
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_tabular"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Corrected | None = None
) -> BatchAssessment:
    """Test every column of both samples; where values are missing, how many is a test of its own."""
    from holdfast.batches.alibi.imports import change_detectors
    from holdfast.batches.alibi.univariate import Feature, Matrix, Suite, total_variation

    def make(values: Matrix, features: "Sequence[Feature]") -> Any:
        categories = {at: None for at, feature in enumerate(features) if feature.categorical}
        return change_detectors().TabularDrift(values, categories_per_feature=categories)

    def effect(feature: Feature, distance: float) -> float:
        return total_variation(feature, distance) if feature.categorical else distance

    def called(feature: Feature) -> str:
        return "chi-square" if feature.categorical else "Kolmogorov-Smirnov"

    suite = Suite(ID, called, make, effect, missing="chi-square")
    return suite.compare(reference, batch, policy, arguments or Corrected())


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Corrected)
