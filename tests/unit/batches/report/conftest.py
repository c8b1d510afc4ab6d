"""A reference and a batch of every sort of column, with drift wherever there can be some."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.report.composed import composed
from holdfast.batches.report.document import ObjectShown, Provenance, Report
from holdfast.batches.verdict import Level
from holdfast.batches.why.explained import explain
from holdfast.batches.why.history import Past, past_of

START = datetime(2026, 6, 1, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
Table = Callable[..., pa.Table]


def table(rows: int, *, shift: float = 0.0, seed: int = 1, extra: int = 0) -> pa.Table:
    """Draw a table; with a shift nearly every column departs."""
    draw = np.random.default_rng(seed)
    day = 86_400_000_000
    gaps = draw.random(rows) < 0.01 + shift / 5
    seasons = [0.5 - shift / 4, 0.2 + shift / 4, 0.3]
    columns: dict[str, Any] = {
        "normal": draw.normal(shift, 1, rows),
        "lognormal": draw.lognormal(shift / 2, 1, rows),
        "heavy": draw.standard_cauchy(rows) + shift,
        "infinite": np.where(draw.random(rows) < 0.02 + shift / 4, np.inf, draw.normal(0, 1, rows)),
        "constant": np.ones(rows),
        "whole": draw.integers(0, 100_000, rows) + int(shift * 20_000),
        "hour": np.clip(draw.normal(12 + 6 * shift, 4, rows), 0, 23).astype(int),
        "flag": draw.random(rows) < 0.3 + shift / 2,
        "moment": whole(1.7e15 + draw.random(rows) * 300 * day + shift * 90 * day, pa.timestamp("us")),
        "born": whole(draw.random(rows) * 15_000 + 4_000 * shift, pa.date32()),
        "clock": whole(np.clip(draw.normal(12 + 4 * shift, 3, rows), 0, 23.9) * 3600, pa.time32("s")),
        "waited": whole(draw.exponential(3.6e9 * (1 + shift), rows), pa.duration("us")),
        "season": pa.array(draw.choice(["spring", "summer", HOSTILE], rows, p=seasons), mask=gaps),
        "onmouseover=\"x\" \u202e\x1b[2J": draw.normal(shift, 1, rows),
        "a_very_long_column_name_" * 6: draw.normal(shift, 1, rows),
    }  # fmt: skip
    for number in range(extra):
        columns[f"feature_{number:02d}"] = draw.normal(shift, 1 + shift, rows)
    return pa.table(columns)


def whole(values: Any, data_type: pa.DataType) -> pa.Array:
    """Give times of a type."""
    return pa.array(values.astype(f"int{data_type.bit_width}"), data_type)


def past(batches: int) -> tuple[Past, ...]:
    """Remember batches that drifted more and more."""
    levels = [Level.NONE, Level.NOTICE, Level.DRIFT]
    return tuple(
        Past(
            key=f"bike/{number}.parquet", object_time=START + timedelta(days=number), n=1000,
            level=levels[3 * number // batches], effects={"normal": 3.0 * number / batches, "season": 0.5},
        )
        for number in range(batches)
    )  # fmt: skip


def written(reference: pa.Table, batch: pa.Table, *, before: tuple[Past, ...] = (), **more: Any) -> Report:
    """Write the report on a batch as the command and the actor do."""
    baseline = Baseline.of(reference)
    counts = Counts.of(baseline, batch)
    verdict = assess(baseline, counts, DriftPolicy())
    explanation = explain(baseline, counts, verdict, past=before)
    now = past_of(verdict, key="bike/now.parquet", object_time=START + timedelta(days=99), lower=explanation.lower)
    source = ObjectShown(place="s3://ml/bike/now.parquet", version_id="v1", etag="e", size=12, sha256="ab" * 32)
    provenance = Provenance(
        model="bike", owner="mobility", objects=(source,), object_time=now.object_time, judged_at=now.object_time,
        decision="cd" * 32, baseline="ef" * 32, manifest="01" * 32,
    )  # fmt: skip
    return composed(
        verdict, provenance, title="bike · now.parquet", baseline=baseline, counts=counts, explanation=explanation,
        history=(*before, now), **more,
    )  # fmt: skip


@pytest.fixture(scope="session")
def drifted() -> Report:
    """Give the report on a batch in which nearly everything departs, after 30 others."""
    return written(table(6000), table(3000, shift=0.6, seed=2), before=past(30))


@pytest.fixture(scope="session")
def clean() -> Report:
    """Give the report on a batch like its reference."""
    return written(table(6000), table(3000, seed=3))
