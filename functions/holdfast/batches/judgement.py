"""From the bytes of a batch and its model's baseline to the verdict of the detectors that work on counts."""

from functools import cache

from holdfast.batches import detectors
from holdfast.batches.detection import COUNTS, Detector
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.policy import EXACT
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_counts
from holdfast.batches.verdict import SEVERITY, BatchAssessment, refused, unjudged
from holdfast.manifest import Model
from holdfast.shared.catalogue import discover


@cache
def catalogue() -> dict[str, Detector]:
    """Find every detector once."""
    return discover(detectors, Detector)


def measure(data: bytes, baseline: Baseline, model: Model) -> BatchAssessment:
    """Give the gravest verdict of the model's detectors; what is broken is refused, what is beyond us is unknown."""
    try:
        counts = read_counts(data, baseline)
    except Unreadable as error:
        return refused(str(error))
    except BeyondLimits as error:
        return unjudged(str(error))
    named = [name for name in model.drift.detectors if catalogue()[name].kind == COUNTS] or [EXACT]
    said = [catalogue()[name].compare(baseline, counts, model.drift, critical=model.columns.critical) for name in named]
    return max(said, key=lambda assessment: SEVERITY.index(assessment.level))
