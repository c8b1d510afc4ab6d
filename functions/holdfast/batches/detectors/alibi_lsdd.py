"""alibi-detect's LSDDDrift: least-squares density difference of all columns at once, by permutations; needs PyTorch."""

from typing import TYPE_CHECKING, Any

from holdfast.batches.alibi.arguments import Permuted
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_lsdd"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Permuted | None = None
) -> BatchAssessment:
    """Test both samples as wholes by the integral of the squared difference of their densities."""
    from holdfast.batches.alibi.imports import change_detectors
    from holdfast.batches.alibi.kernels import Kernel, Matrix

    def make(before: Matrix, alpha: float, told: Permuted) -> Any:
        made = change_detectors().LSDDDrift
        return made(before, backend="pytorch", p_val=alpha, n_permutations=told.permutations, device="cpu")

    kernel = Kernel(ID, "least-squares density difference", make, effect)
    return kernel.compare(reference, batch, policy, arguments or Permuted())


def effect(distance: float, threshold: float) -> float:
    """Give the share of the distance beyond what permutations reach: the distance itself has the unit of a density."""
    return max(0.0, 1 - max(0.0, threshold) / distance) if distance > 0 else 0.0


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Permuted, needs=("torch",))
