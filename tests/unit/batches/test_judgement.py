"""From the bytes of a batch to its verdict, whatever the bytes."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.batches import judgement
from holdfast.batches.detection import COUNTS, Detector
from holdfast.batches.judgement import catalogue, measure
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.reading.footer import BeyondLimits
from holdfast.batches.verdict import BatchAssessment, Level
from holdfast.manifest import Model


def table(*, shift: float = 0.0, rows: int = 500, seed: int = 1) -> pa.Table:
    """Draw a table of numbers and words."""
    draw = np.random.default_rng(seed)
    return pa.table({"x": draw.normal(shift, 1, rows), "word": draw.choice(["a", "b"], rows)})


def written(data: pa.Table) -> bytes:
    """Write Parquet."""
    file = io.BytesIO()
    pq.write_table(data, file)
    return file.getvalue()


def model(*detectors: str, critical: tuple[str, ...] = ()) -> Model:
    """Govern a model."""
    said: dict[str, Any] = {
        "owner": "team",
        "batches": {"bucket": "ml-data", "prefix": "in/"},
        "reference": "s3://ml-data/r.parquet",
        "schema": {"critical": critical},
    }
    found = Model.model_validate(said)
    return (
        found.model_copy(update={"drift": found.drift.model_copy(update={"detectors": detectors})})
        if detectors
        else found
    )


BASELINE = Baseline.of(table(rows=2000, seed=0))
GOOD = written(table())


def test_the_detectors_speak() -> None:
    assert measure(GOOD, BASELINE, model()).level == Level.NONE
    assert measure(written(table(shift=1)), BASELINE, model()).level == Level.DRIFT


def test_the_schema_of_the_manifest_is_obeyed() -> None:
    less = written(table().select(["x"]))
    assert measure(less, BASELINE, model()).level == Level.DRIFT
    assert measure(less, BASELINE, model(critical=("word",))).level == Level.QUARANTINED


def test_a_model_that_names_only_detectors_of_samples_is_judged_on_counts_too() -> None:
    assert measure(GOOD, BASELINE, model("alibi_tabular")).detector == "exact"


def test_of_several_detectors_the_gravest_verdict_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    grave = BatchAssessment(level=Level.DRIFT, n=1, reason="grave", detector="other")
    both = {**catalogue(), "other": Detector("other", COUNTS, lambda *_, **__: grave)}
    monkeypatch.setattr(judgement, "catalogue", lambda: both)
    assert measure(GOOD, BASELINE, model("exact", "other")) == grave


def test_broken_is_refused_and_too_much_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure(b"PAR1", BASELINE, model()).level == Level.QUARANTINED

    def too_much(*_: object) -> None:
        raise BeyondLimits("a billion columns")

    monkeypatch.setattr(judgement, "read_counts", too_much)
    assert measure(GOOD, BASELINE, model()).level == Level.UNKNOWN


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_bytes_crash_the_judge(data: st.DataObject) -> None:
    """Damage anywhere gives a verdict: a crash would be a message that comes again for ever."""
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    assert measure(bytes(damaged[: max(cut, len(damaged) // 2)]), BASELINE, model()).level in Level
