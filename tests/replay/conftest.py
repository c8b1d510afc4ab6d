"""One manifest that uses every door and both ways to train, and a story that needs nearly every grant."""

import copy
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast_console.replay.session import Twin
from holdfast_console.replay.templates import Synthesis, synthesis

MANIFEST = """
scope:
  - {kind: s3_bucket, match: "ml-*"}
  - {kind: sagemaker_notebook_instance}
buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
  - {name: ml-landing, region: eu-west-1, events: notification}
models:
  orders:
    owner: shop-team
    batches: {bucket: ml-data, prefix: orders/batches/, silent_after_hours: 48}
    reference: s3://ml-data/orders/reference.parquet
    schema: {critical: [price]}
    retraining:
      pipeline: Orders-Training
      patience: 2 of 3
      settle_minutes: 15
      cooldown_days: 0
      budget: {runs: 100, days: 30}
  trips:
    owner: fleet-team
    batches: {bucket: ml-landing, prefix: trips/}
    reference: s3://ml-data/trips/reference.parquet
    retraining:
      training_job:
        image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/trips:1
        role_arn: arn:aws:iam::123456789012:role/trips-training
        instance_type: ml.m5.large
        output: s3://ml-data/trips/models/
      patience: 2 of 2
      settle_minutes: 0
      window_batches: 2
"""
HOUR = timedelta(hours=1)
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
Start = Callable[..., Any]


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the manifest."""
    path = tmp_path_factory.mktemp("replay") / "governance.yaml"
    path.write_text(MANIFEST)
    return path


@pytest.fixture(scope="session")
def made(manifest: Path) -> Synthesis:
    """Synthesise it once."""
    return synthesis(manifest)


@pytest.fixture
def start(manifest: Path, made: Synthesis) -> Start:
    """Start a twin, of a template that a test has changed or of the one that is deployed."""

    def start(template: Synthesis | None = None, **options: Any) -> Any:
        return Twin.start(manifest, synthesis=template or made, **options)

    return start


@pytest.fixture
def template(made: Synthesis) -> Synthesis:
    """Give a copy of the template that a test may change."""
    return Synthesis(copy.deepcopy(made.templates), made.assets, made.region, made.account)


def rows(*, seed: int, shift: float = 0.0, count: int = 600) -> bytes:
    """Make a batch; `shift` moves the price by as many standard deviations."""
    random = np.random.default_rng(seed)
    price = random.normal(10 + 2 * shift, 2, count)
    kind = random.choice(["book", "toy", "food"], count)
    table = pa.table({"price": price, "weight": random.exponential(1, count), "kind": kind})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def references(twin: Twin) -> None:
    """Put what the models learned from."""
    twin.put("ml-data", "orders/reference.parquet", rows(seed=1, count=3000))
    twin.put("ml-data", "trips/reference.parquet", rows(seed=1, count=3000))


def quiet(twin: Twin) -> None:
    """Settle, and fail at the first message that is dead, lost or left lying."""
    twin.settle()
    assert [dead.reason for dead in twin.dead_letters()] == []
    assert twin.stranded() == {}
    assert twin.lost == []


def tell(twin: Twin) -> None:
    """Play the standard story: both doors, quarantine, both ways to train, timers, silence, a bucket made public."""
    references(twin)
    twin.put("ml-data", "orders/batches/a 1.parquet", rows(seed=2))
    twin.put("ml-landing", "trips/a=1.parquet", rows(seed=3))
    quiet(twin)
    twin.put("ml-data", "orders/batches/broken.parquet", b"PAR1 is no Parquet")
    quiet(twin)
    for seed in (4, 5):
        twin.advance(timedelta(minutes=1))
        twin.put("ml-data", f"orders/batches/{seed}.parquet", rows(seed=seed, shift=1))
        twin.put("ml-landing", f"trips/{seed}.parquet", rows(seed=seed, shift=1))
        quiet(twin)
    twin.advance(timedelta(minutes=50), ticks_every=timedelta(minutes=25))
    quiet(twin)
    s3 = twin.client("s3")
    kept = s3.get_bucket_notification_configuration(Bucket="ml-data")
    s3.put_bucket_notification_configuration(Bucket="ml-data", NotificationConfiguration={})
    twin.put("ml-data", "orders/batches/silent.parquet", rows(seed=6, shift=1))
    twin.advance(2 * HOUR, ticks_every=HOUR)
    kept.pop("ResponseMetadata")
    s3.put_bucket_notification_configuration(Bucket="ml-data", NotificationConfiguration=kept)
    s3.delete_public_access_block(Bucket="ml-data")
    statement = {
        "Sid": "World",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::ml-data/*",
    }
    s3.put_bucket_policy(Bucket="ml-data", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    quiet(twin)
    unseen(twin)


def unseen(twin: Twin) -> None:
    """Let a bucket and a notebook come and go, the bucket without any event, and the account's block change."""
    s3, sagemaker = twin.client("s3"), twin.client("sagemaker")
    place = {"LocationConstraint": twin.region}
    with twin.unseen():
        s3.create_bucket(Bucket="ml-unseen", CreateBucketConfiguration=place)
    sagemaker.create_notebook_instance(
        NotebookInstanceName="desk", InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{twin.account}:role/desk"
    )
    twin.client("s3control").put_public_access_block(AccountId=twin.account, PublicAccessBlockConfiguration=CLOSED)
    twin.advance(6 * HOUR, ticks_every=2 * HOUR)
    quiet(twin)
    with twin.unseen():
        s3.delete_bucket(Bucket="ml-unseen")
    sagemaker.stop_notebook_instance(NotebookInstanceName="desk")
    sagemaker.delete_notebook_instance(NotebookInstanceName="desk")
    twin.advance(7 * HOUR, ticks_every=2 * HOUR)
    quiet(twin)


OUTCOMES = {
    ("orders", "Baseline Requested"): ["requested"],
    ("orders", "Baseline Activated"): ["activated", "activated"],
    ("orders", "Batch Judged"): ["unknown", "none", "quarantined", "drift", "drift", "none"],
    ("orders", "Batch Quarantined"): ["copied"],
    ("orders", "Report Stored"): ["stored"] * 6,
    ("orders", "Retrain Decided"): ["start"],
    ("orders", "Run Started"): ["started"],
    ("orders", "Run Closed"): ["succeeded"],
    ("trips", "Baseline Activated"): ["activated", "activated"],
    ("trips", "Batch Judged"): ["unknown", "none", "drift", "drift"],
    ("trips", "Report Stored"): ["stored"] * 4,
    ("trips", "Retrain Decided"): ["start"],
    ("trips", "Run Started"): ["started"],
    ("trips", "Run Closed"): ["succeeded"],
    ("s3_bucket/ml-data", "Resource Judged"): ["fail", "fail", "fail"],
    ("s3_bucket/ml-unseen", "Resource Judged"): ["fail", "deleted"],
    ("sagemaker_notebook_instance/desk", "Resource Judged"): ["fail", "deleted"],
}
"""What the standard story must leave in the ledger, by subject and kind."""


def outcomes(twin: Twin) -> dict[tuple[str, str], list[str]]:
    """Give what a twin's ledger says, of the kinds that the story is about."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in twin.ledger_entries():
        if (entry.subject, entry.kind) in OUTCOMES:
            found.setdefault((entry.subject, entry.kind), []).append(entry.outcome)
    return found


def check(twin: Twin) -> None:
    """Fail unless the standard story ended as it must."""
    quiet(twin)
    assert outcomes(twin) == OUTCOMES
    assert twin.denied == []
    told = {note.subject.split(": ", 1)[1] for note in twin.notifications()}
    assert {"orders quarantined", "orders drift", "orders start", "orders succeeded", "s3_bucket/ml-data fail"} <= told
    closed = {entry.recorded_at for entry in twin.ledger_entries() if entry.kind == "Run Closed"}
    assert closed == {run.ended for run in twin.sagemaker.runs}, (
        "a run is closed when SageMaker says so, not at the next tick"
    )
