"""A house to judge batches in: a governed bucket with versions, the state and quarantine buckets, ledger and queue."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches import baseline_actor, judge, quarantine_actor, reporter, sweeper
from holdfast.batches.settings import BatchJudgeSettings, QuarantineSettings, ReporterSettings, SweeperSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Announcement, Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared.clients import client
from tests.conftest import ACCOUNT, REGION, TABLE, Context

BUCKET, UNVERSIONED, STATE, QUARANTINE = "ml-data", "ml-plain", "holdfast-state", "holdfast-quarantine"
REPORTS = "holdfast-reports"
MODEL, PLAIN = "bike", "plain"
PREFIX = "bike/batches/"
REFERENCE_KEY = "bike/reference.parquet"
REFERENCE = f"s3://{BUCKET}/{REFERENCE_KEY}"
MANIFEST = {
    "buckets": [{"name": name, "region": REGION} for name in (BUCKET, UNVERSIONED)],
    "models": {
        name: {
            "owner": "team",
            "batches": {"bucket": bucket, "prefix": PREFIX},
            "reference": REFERENCE,
            "schema": {"critical": ["hum"]},
        }
        for name, bucket in {MODEL: BUCKET, PLAIN: UNVERSIONED}.items()
    },
}
ENTRY_POINTS = (judge, baseline_actor, quarantine_actor, reporter, sweeper)
Queued = Callable[..., dict[str, Any]]


def parquet(*, rows: int = 2000, shift: float = 0.0, seed: int = 1, without: tuple[str, ...] = ()) -> bytes:
    """Write a batch of two columns of numbers and one of words."""
    draw = np.random.default_rng(seed)
    columns = {
        "temp": draw.normal(shift, 1, rows),
        "hum": draw.uniform(0, 1, rows),
        "season": draw.choice(["spring", "summer", "autumn"], rows),
    }
    table = pa.table({name: values for name, values in columns.items() if name not in without})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


@dataclass(frozen=True)
class House:
    """What the tests hold in their hands."""

    ledger: Ledger
    s3: Any
    queue_url: str
    queued: Queued

    def put(self, data: bytes, key: str = f"{PREFIX}a.parquet", *, bucket: str = BUCKET) -> dict[str, Any]:
        """Put a batch and give the event that S3 sends of it."""
        answer = self.s3.put_object(Bucket=bucket, Key=key, Body=data)
        found = {"key": key, "size": len(data), "etag": answer["ETag"].strip('"'), "sequencer": "0062E99A88DC407460"}
        if "VersionId" in answer:
            found["version-id"] = answer["VersionId"]
        return {
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Object Created",
            "source": "aws.s3", "account": ACCOUNT, "time": "2026-03-02T12:00:00Z", "region": REGION,
            "resources": [f"arn:aws:s3:::{bucket}"], "detail": {"bucket": {"name": bucket}, "object": found},
        }  # fmt: skip

    def judge(self, *events: dict[str, Any]) -> list[str]:
        """Let the judge see events, and name the messages that come again."""
        return failed(judge.lambda_handler(self.queued(*events), Context()))

    def build(self, *entries: Entry) -> list[str]:
        """Let the baseline actor see entries announced."""
        return failed(baseline_actor.lambda_handler(self.queued(*map(announced, entries)), Context()))

    def isolate(self, *entries: Entry) -> list[str]:
        """Let the quarantine actor see entries announced."""
        return failed(quarantine_actor.lambda_handler(self.queued(*map(announced, entries)), Context()))

    def report(self, *entries: Entry) -> list[str]:
        """Let the reporter see entries announced."""
        return failed(reporter.lambda_handler(self.queued(*map(announced, entries)), Context()))

    def sweep(self, *messages: dict[str, Any]) -> list[str]:
        """Let the sweeper see messages; a tick of its timer if there are none."""
        return failed(sweeper.lambda_handler(self.queued(*(messages or (TICK,))), Context()))

    def waiting(self) -> list[dict[str, Any]]:
        """Take what waits in the judge's queue."""
        found: list[dict[str, Any]] = []
        sqs = boto3.client("sqs", REGION)
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def entries(self, domain: str) -> list[Entry]:
        """Read every entry of the streams of a domain."""
        items = boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Items"]
        texts = [
            item["entry"]["S"] for item in items if item["pk"]["S"].startswith(f"stream#{domain}#") and "entry" in item
        ]
        return sorted(
            (Entry.model_validate_json(text) for text in texts), key=lambda entry: (entry.stream, entry.sequence)
        )

    def outcomes(self, domain: str = "batches") -> list[str]:
        """Name the outcomes on record."""
        return [entry.outcome for entry in self.entries(domain)]

    def forget_all(self) -> None:
        """Empty the ledger and start every function cold."""
        dynamodb = boto3.client("dynamodb", REGION)
        for item in dynamodb.scan(TableName=TABLE)["Items"]:
            dynamodb.delete_item(TableName=TABLE, Key={"pk": item["pk"], "sk": item["sk"]})
        forget()

    def with_baseline(self) -> None:
        """Bring the reference's baseline into force."""
        self.sweep()
        self.build(*[entry for entry in self.entries("baselines") if entry.kind == "Baseline Requested"])
        self.waiting()


TICK = {"id": "tick-1", "detail-type": "Scheduled Event", "source": "aws.events", "time": "2026-03-02T12:00:00Z"}


def announced(entry: Entry) -> dict[str, Any]:
    """Announce an entry as the ledger's bus does."""
    detail = Announcement.of(entry).model_dump(mode="json")
    return {"id": "bus-1", "detail-type": entry.kind, "source": "holdfast.ledger", "account": ACCOUNT, "detail": detail}


def failed(answer: dict[str, Any]) -> list[str]:
    """Name the messages that a function gives back."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def forget() -> None:
    """Let every entry point start cold."""
    for module in ENTRY_POINTS:
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and getattr(value, "__module__", "") == module.__name__:
                value.cache_clear()


@pytest.fixture
def governed() -> dict[str, Any]:
    """Say what the house governs; a test of other models says it anew."""
    return MANIFEST


@pytest.fixture
def house(
    governed: dict[str, Any], ledger: Ledger, queued: Queued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Furnish the house."""
    shipped = tmp_path / "governance.json"
    shipped.write_bytes(Manifest.model_validate(governed).canonical())
    s3 = client("s3")
    for name in (BUCKET, UNVERSIONED, STATE, QUARANTINE):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if name != UNVERSIONED:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(
        Bucket=REPORTS, ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )  # fmt: skip
    s3.put_object(Bucket=BUCKET, Key=REFERENCE_KEY, Body=parquet(rows=5000, seed=0))
    queue_url = boto3.client("sqs", REGION).create_queue(QueueName="judge")["QueueUrl"]
    environment = {
        **LedgerSettings.environment(ledger_table=TABLE, actor="test", manifest=shipped),
        **BatchJudgeSettings.environment(account=ACCOUNT, state_bucket=STATE),
        **SweeperSettings.environment(account=ACCOUNT, batch_queue_url=queue_url),
        **QuarantineSettings.environment(account=ACCOUNT, quarantine_bucket=QUARANTINE),
        **ReporterSettings.environment(
            account=ACCOUNT, state_bucket=STATE, report_bucket=REPORTS, lock_mode="GOVERNANCE", retention_days=365
        ),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget()
    yield House(ledger, s3, queue_url, queued)
    forget()
