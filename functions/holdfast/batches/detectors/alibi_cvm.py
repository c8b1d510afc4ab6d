"""alibi-detect's CVMDrift: Cramér-von Mises on every column of numbers, keen on small, wide shifts."""

from typing import TYPE_CHECKING, Any

from holdfast.batches.alibi.arguments import Corrected
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_cvm"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Corrected | None = None
) -> BatchAssessment:
    """Test every column of numbers of both samples; the effect is the distance of the distribution functions."""
    from holdfast.batches.alibi.imports import change_detectors
    from holdfast.batches.alibi.univariate import Feature, Matrix, Suite, ks_distance

    def make(values: Matrix, features: "Sequence[Feature]") -> Any:
        return change_detectors().CVMDrift(values)

    def called(feature: Feature) -> str | None:
        return None if feature.categorical else "Cramér-von Mises"

    suite = Suite(ID, called, make, ks_distance)
    return suite.compare(reference, batch, policy, arguments or Corrected())


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Corrected)
