"""Reports on batches of several objects, and under a contract that has grown since."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.report.document import Report
from holdfast.batches.report.entries import ReportStored
from tests.conftest import REGION
from tests.integration.batches.conftest import BUCKET, REFERENCE, REPORTS, House, parquet

FOLDERS, GROWING = "folders", "growing"
DAY = "folders/batches/2026-03-02/"


@pytest.fixture
def governed() -> dict[str, Any]:
    """Govern a model of folders, and one whose contract takes new columns in."""
    return {
        "buckets": [{"name": BUCKET, "region": REGION}],
        "models": {
            FOLDERS: {
                "owner": "team", "reference": REFERENCE,
                "batches": {"bucket": BUCKET, "prefix": "folders/batches/", "closed_by": "success"},
            },
            GROWING: {
                "owner": "team", "reference": REFERENCE, "schema": {"evolve": "optional"},
                "batches": {"bucket": BUCKET, "prefix": "growing/batches/"},
            },
        },
    }  # fmt: skip


@pytest.fixture
def ready(house: House) -> House:
    """Give a house whose baselines are in force."""
    house.with_baseline()
    return house


def twins(house: House) -> list[Report]:
    """Read every stored twin, in the order of the ledger."""
    uris = [ReportStored.of(entry).twin.uri for entry in house.entries("reports")]
    keys = [uri.removeprefix(f"s3://{REPORTS}/") for uri in uris]
    return [Report.read(house.s3.get_object(Bucket=REPORTS, Key=key)["Body"].read()) for key in keys]


def folder(house: House) -> None:
    """Write a folder's parts, close it, and let it be judged."""
    for number in (2, 3):
        house.s3.put_object(Bucket=BUCKET, Key=f"{DAY}part-{number}.parquet", Body=parquet(seed=number, shift=1))
    house.judge(house.put(b"", f"{DAY}_SUCCESS"))


def test_a_batch_of_parts_is_counted_again_part_by_part(ready: House) -> None:
    folder(ready)
    (verdict,) = [one for one in ready.entries("batches") if one.kind == "Batch Judged"]
    assert ready.report(verdict) == []
    (told,) = twins(ready)
    assert (told.verdict.level, told.verdict.n, told.warning) == ("drift", 4000, None)
    assert [one.place.rpartition("/")[2] for one in told.provenance.objects] == ["part-2.parquet", "part-3.parquet"]
    assert told.columns[0].spread is not None


def test_a_part_that_is_gone_is_said_and_the_rest_is_not_taken_for_the_whole(ready: House) -> None:
    folder(ready)
    (verdict,) = [one for one in ready.entries("batches") if one.kind == "Batch Judged"]
    gone = verdict.body["parts"][1]
    ready.s3.delete_object(Bucket=BUCKET, Key=gone["key"], VersionId=gone["version_id"])
    assert ready.report(verdict) == []
    (told,) = twins(ready)
    assert "part-3.parquet is not there" in (told.warning or "")
    assert (told.columns, told.verdict.n) == ((), 4000)


def wider(seed: int) -> bytes:
    """Write a batch with a column that the reference does not have."""
    draw = np.random.default_rng(seed)
    table = pq.read_table(io.BytesIO(parquet(seed=seed)))
    file = io.BytesIO()
    pq.write_table(table.append_column("fresh", pa.array(draw.normal(0, 1, table.num_rows))), file)
    return file.getvalue()


def test_the_contract_is_that_of_the_verdict_although_it_has_grown_since(ready: House) -> None:
    for seed in (5, 6):
        ready.judge(ready.put(wider(seed), f"growing/batches/{seed}.parquet"))
    verdicts = [one for one in ready.entries("batches") if one.kind == "Batch Judged"]
    assert {one.kind for one in ready.entries("schema")} == {"Schema Evolved"}
    assert ready.report(*verdicts) == []
    outcomes = {entry.outcome for entry in ready.entries("reports")}
    assert outcomes == {"stored"}, "each recount comes to the verdict of its time"
    assert sorted(told.provenance.contract_version or 0 for told in twins(ready)) == [1, 2]
