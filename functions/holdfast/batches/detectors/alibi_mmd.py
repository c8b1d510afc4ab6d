"""alibi-detect's MMDDrift: maximum mean discrepancy of all columns at once, by permutations; needs PyTorch."""

import math
from typing import TYPE_CHECKING, Any

from holdfast.batches.alibi.arguments import Permuted
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_mmd"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Permuted | None = None
) -> BatchAssessment:
    """Test both samples as wholes, with a Gaussian kernel of the median distance's width."""
    from holdfast.batches.alibi.imports import change_detectors
    from holdfast.batches.alibi.kernels import Kernel, Matrix

    def make(before: Matrix, alpha: float, told: Permuted) -> Any:
        made = change_detectors().MMDDrift
        return made(before, backend="pytorch", p_val=alpha, n_permutations=told.permutations, device="cpu")

    kernel = Kernel(ID, "maximum mean discrepancy", make, effect)
    return kernel.compare(reference, batch, policy, arguments or Permuted())


def effect(distance: float, threshold: float) -> float:
    """Give a lower bound of the total variation distance: with a kernel of at most 1 it is half the discrepancy."""
    return math.sqrt(max(0.0, distance)) / 2


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Permuted, needs=("torch",))
