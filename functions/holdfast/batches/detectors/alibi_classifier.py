"""alibi-detect's ClassifierDrift on scikit-learn: a forest that sees all columns tries to tell the two apart."""

from typing import TYPE_CHECKING

from holdfast.batches.alibi.arguments import Forest
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.verdict import BatchAssessment

if TYPE_CHECKING:
    import pyarrow as pa

    from holdfast.batches.policy import DriftPolicy

ID = "alibi_classifier"


def compare(
    reference: "pa.Table", batch: "pa.Table", policy: "DriftPolicy", *, arguments: Forest | None = None
) -> BatchAssessment:
    """Train on half of the rows to tell the two samples apart, and test how far that succeeds on the other half."""
    from holdfast.batches.alibi.classifier import told_apart

    return told_apart(reference, batch, policy, arguments or Forest(), detector=ID)


DETECTOR = Detector(id=ID, kind=SAMPLE, compare=compare, arguments=Forest)
