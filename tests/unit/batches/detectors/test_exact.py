"""The exact detector is found by its file and says what the decision says."""

import pyarrow as pa

from holdfast.batches import detectors
from holdfast.batches.decision import assess
from holdfast.batches.detection import COUNTS
from holdfast.batches.detectors.exact import DETECTOR
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import Level


def test_it_is_a_plug_in_fed_with_counts() -> None:
    assert DETECTOR.id == "exact"
    assert DETECTOR.kind == COUNTS
    assert DETECTOR.compare.__module__.startswith(detectors.__name__)


def test_it_judges_counts_and_knows_critical_columns() -> None:
    baseline = Baseline.of(pa.table({"x": list(range(500)), "y": [1] * 500}))
    counts = Counts.of(baseline, pa.table({"x": list(range(250, 750))}))
    verdict = DETECTOR.compare(baseline, counts, DriftPolicy())
    assert verdict == assess(baseline, counts, DriftPolicy())
    assert (verdict.level, verdict.detector) == (Level.DRIFT, "exact")
    assert DETECTOR.compare(baseline, counts, DriftPolicy(), critical=("y",)).level is Level.QUARANTINED
