"""A recount of a batch of many objects: the very numbers that were judged, also of pairs, which are sampled."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches import judgement, reporter
from holdfast.batches.entries import BatchJudged
from holdfast.batches.kernel import sampled
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.reading.limits import never
from holdfast.batches.recount import Recounter
from tests.conftest import REGION
from tests.integration.batches.conftest import BUCKET, REFERENCE, House, parquet

FOLDERS, LISTED = "folders", "listed"


@pytest.fixture
def governed() -> dict[str, Any]:
    """Govern a model of folders, and one of manifest files."""
    return {
        "buckets": [{"name": BUCKET, "region": REGION}],
        "models": {
            name: {
                "owner": "team", "reference": REFERENCE,
                "batches": {"bucket": BUCKET, "prefix": f"{name}/batches/", "closed_by": closed_by},
            }
            for name, closed_by in ((FOLDERS, "success"), (LISTED, "manifest"))
        },
    }  # fmt: skip


@pytest.fixture
def ready(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house whose baselines are in force, and which keeps few rows of a batch as a sample."""
    monkeypatch.setattr(sampled, "MOST_ROWS", 300)
    house.with_baseline()
    return house


def drawn() -> pa.Table:
    """Draw rows that are others at the end than at the start."""
    whole = pq.read_table(io.BytesIO(parquet(rows=4_000, seed=3)))
    return whole.set_column(0, "temp", pa.array(whole["temp"].to_numpy() + np.arange(4_000) / 4_000))


def written(rows: pa.Table) -> bytes:
    """Write Parquet."""
    sink = io.BytesIO()
    pq.write_table(rows, sink)
    return sink.getvalue()


@pytest.mark.parametrize("model", [FOLDERS, LISTED])
def test_a_recount_finds_the_numbers_that_were_judged_however_the_rows_were_cut(
    ready: House, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Counts] = []
    count = judgement.read_counts
    monkeypatch.setattr(
        judgement, "read_counts", lambda *given, **how: counted.append(found := count(*given, **how)) or found
    )
    whole, folder = drawn(), f"{model}/batches/1/"
    parts = {"part-2.parquet": whole[3_001:], "part-1.parquet": whole[77:3_001], "part-0.parquet": whole[:77]}
    for name, rows in parts.items():
        ready.s3.put_object(Bucket=BUCKET, Key=f"{folder}{name}", Body=written(rows))
    closed = b"" if model == FOLDERS else b'["part-0.parquet", "part-1.parquet", "part-2.parquet"]'
    ready.judge(ready.put(closed, f"{folder}{'_SUCCESS' if model == FOLDERS else 'run.manifest'}"))
    (verdict,) = [one for one in ready.entries("batches") if one.kind == "Batch Judged"]
    recounter = Recounter(reporter.objects(), ready.ledger, reporter.baseline)
    judged = BatchJudged.of(verdict)
    recounter.recount(verdict, judged, reporter.manifest().models[model], expired=never)
    wanted = Counts.of(reporter.baseline(str(judged.baseline)), whole)
    assert [one.to_bytes() for one in counted] == [wanted.to_bytes()] * 2
