"""The functions as Lambda runs them: Python's runtime client in a process of its own, AWS behind it over HTTP."""

import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from holdfast.batches.settings import BatchJudgeSettings, QuarantineSettings, ReporterSettings, SweeperSettings
from holdfast.compliance.settings import SweeperSettings as ComplianceSweeperSettings
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Announcement, Cause, Decision, Entry, LedgerSettings, PublisherSettings
from holdfast.ledger.logic import Author
from holdfast.manifest import Manifest
from holdfast.notification.settings import NotificationSettings
from holdfast.retraining.entries import BatchVersion, RetrainDecided, stream_of
from holdfast.retraining.logic import FOLD
from holdfast.retraining.runs import BATCHES, DECISION, REASON
from holdfast_console.replay.rapi import Answer, RuntimeApi
from tests.conftest import ACCOUNT, NOON, REGION, ROOT, TABLE, make_ledger_table

FUNCTIONS = ROOT / "functions"
ALIBI = ROOT / ".venv-alibi" / "bin" / "python"
BUCKET, STATE, QUARANTINE, MODEL = "ml-data", "holdfast-state", "holdfast-quarantine", "bike"
REPORTS = "holdfast-reports"
PREFIX, REFERENCE, PIPELINE = "bike/batches/", "bike/reference.parquet", "bike-training"
HANDLERS = {
    "LedgerPublisher": "holdfast.ledger.publisher",
    "OutboxTimer": "holdfast.ledger.outbox",
    "BatchJudge": "holdfast.batches.judge",
    "BaselineActor": "holdfast.batches.baseline_actor",
    "BatchSweeper": "holdfast.batches.sweeper",
    "QuarantineActor": "holdfast.batches.quarantine_actor",
    "BatchReporter": "holdfast.batches.reporter",
    "RetrainingJudge": "holdfast.retraining.judge",
    "Trainer": "holdfast.retraining.trainer",
    "ComplianceJudge": "holdfast.compliance.judge",
    "ComplianceSweeper": "holdfast.compliance.sweeper",
    "Notifier": "holdfast.notification.notifier",
}
EXAMINER = "holdfast.batches.examiner"
MANIFEST = {
    "scope": [{"kind": "s3_bucket"}],
    "buckets": [{"name": BUCKET, "region": REGION}],
    "models": {
        MODEL: {
            "owner": "team",
            "batches": {"bucket": BUCKET, "prefix": PREFIX},
            "reference": f"s3://{BUCKET}/{REFERENCE}",
            "schema": {"critical": ["temp"]},
            "drift": {"detectors": ["exact", "alibi_tabular", "alibi_classifier"]},
            "retraining": {"pipeline": PIPELINE, "patience": "2 of 3", "cooldown_days": 7},
        }
    },
}


@dataclass
class Function:
    """One function in one execution environment."""

    api: RuntimeApi
    init_seconds: float
    answers: list[Answer] = field(default_factory=list)

    def invoke(self, event: dict[str, Any]) -> Answer:
        """Hand it an event."""
        self.answers.append(self.api.invoke(event))
        return self.answers[-1]


@dataclass
class Account:
    """An AWS account behind HTTP, and the functions that were started in it."""

    endpoint: str
    manifest: Path
    functions: dict[str, Function] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Open a service of this account."""
        return boto3.client(service, REGION, endpoint_url=self.endpoint)

    @cached_property
    def queue(self) -> str:
        """Give a queue that hears what is published, and takes what the sweeper sends."""
        url: str = self.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
        return url

    @cached_property
    def ledger(self) -> Ledger:
        """Open the ledger as the tests read it."""
        return Ledger(self.client("dynamodb"), TABLE, Author("test", "manifest"))

    @cached_property
    def environment(self) -> dict[str, str]:
        """Give what a function finds in its environment: the variables of all, and what Lambda adds."""
        return {
            **LedgerSettings.environment(ledger_table=TABLE, actor="runtime", manifest=self.manifest),
            **PublisherSettings.environment(ledger_table=TABLE, bus="ledger"),
            **ComplianceSweeperSettings.environment(
                account=ACCOUNT, region=REGION, partition="aws", look_queue_url=self.queue, sweep_queue_url=self.queue
            ),
            **BatchJudgeSettings.environment(account=ACCOUNT, state_bucket=STATE),
            **SweeperSettings.environment(account=ACCOUNT, batch_queue_url=self.queue),
            **QuarantineSettings.environment(account=ACCOUNT, quarantine_bucket=QUARANTINE),
            **ReporterSettings.environment(
                account=ACCOUNT, state_bucket=STATE, report_bucket=REPORTS, lock_mode="COMPLIANCE", retention_days=1
            ),
            **NotificationSettings.environment(topic=f"arn:aws:sns:{REGION}:{ACCOUNT}:people", stage="test"),
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": self.endpoint,
            # S3 Control puts the account before the host's name, which no resolver knows: it goes by way of a proxy
            "AWS_ENDPOINT_URL_S3_CONTROL": f"http://s3-control.{REGION}.amazonaws.com",
            "HTTP_PROXY": self.endpoint,
            "NO_PROXY": "127.0.0.1",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_LAMBDA_FUNCTION_NAME": "holdfast-test",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048",
            "POWERTOOLS_TRACE_DISABLED": "true",
            "POWERTOOLS_METRICS_NAMESPACE": "Holdfast/test",
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
        }

    def function(self, module: str, *, python: str = sys.executable) -> Function:
        """Give a function's execution environment, started when it is first needed."""
        if module not in self.functions:
            api = RuntimeApi()
            api.__enter__()
            started = api.start(runtime(module, python), self.environment, cwd=FUNCTIONS)
            self.functions[module] = Function(api, started)
        return self.functions[module]

    def end(self) -> None:
        """End every process."""
        for function in self.functions.values():
            function.api.__exit__(None, None, None)

    def entries(self, domain: str, kind: str) -> list[Entry]:
        """Read the entries of one kind in a domain's streams."""
        items = self.client("dynamodb").scan(TableName=TABLE)["Items"]
        texts = [
            item["entry"]["S"] for item in items if item["pk"]["S"].startswith(f"stream#{domain}#") and "entry" in item
        ]
        found = [Entry.model_validate_json(text) for text in texts]
        return sorted((entry for entry in found if entry.kind == kind), key=lambda entry: entry.recorded_at)

    def ask(self, function: str, *bodies: object) -> Answer:
        """Let a function have messages."""
        return self.function(HANDLERS[function]).invoke(queued(*bodies))

    def recorded(self, domain: str, kind: str) -> Entry:
        """Read the last entry of a kind."""
        return self.entries(domain, kind)[-1]

    def outbox(self) -> list[dict[str, Any]]:
        """Read what waits to be announced."""
        items = self.client("dynamodb").scan(TableName=TABLE)["Items"]
        return [item for item in items if item["pk"]["S"].startswith("outbox#")]

    def put(self, data: bytes, *, name: str) -> dict[str, Any]:
        """Put a batch and give the event that S3 sends of it."""
        key = f"{PREFIX}{name}"
        answer = self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
        found = {"key": key, "size": len(data), "etag": answer["ETag"].strip('"'), "version-id": answer["VersionId"]}
        return {**told("Object Created", "aws.s3"), "detail": {"bucket": {"name": BUCKET}, "object": found}}

    def heard(self) -> list[dict[str, Any]]:
        """Take what the queue holds."""
        sqs, found = self.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found


def command(function: str) -> list[str]:
    """Give what starts a function under the runtime client."""
    return runtime(HANDLERS[function], sys.executable)


def runtime(module: str, python: str) -> list[str]:
    """Give what starts a module's handler under the runtime client."""
    return [python, "-m", "awslambdaric", f"{module}.lambda_handler"]


def told(detail_type: str, source: str) -> dict[str, Any]:
    """Make the envelope of an event."""
    identity = {"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "resources": [], "detail": {}}
    when = {"account": ACCOUNT, "region": REGION, "time": NOON.isoformat()}
    return {**identity, **when, "detail-type": detail_type, "source": source}


def announced(entry: Entry) -> dict[str, Any]:
    """Announce an entry as the ledger's bus does."""
    return {**told(entry.kind, "holdfast.ledger"), "detail": Announcement.of(entry).model_dump(mode="json")}


TICK = told("Scheduled Event", "aws.events")
WELL: dict[str, Any] = {"batchItemFailures": []}


def queued(*bodies: object) -> dict[str, Any]:
    """Wrap messages as an SQS queue hands them to a function."""
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"}
    source = {"eventSource": "aws:sqs", "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"}
    return {
        "Records": [
            {
                "messageId": f"message-{at}",
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": attributes,
                "messageAttributes": {},
                "awsRegion": REGION,
                **source,
            }
            for at, body in enumerate(bodies)
        ]
    }


def inserted(item: dict[str, Any], *, number: int = 1) -> dict[str, Any]:
    """Tell of an item as the table's stream does when it was put."""
    keys = {"pk": item["pk"], "sk": item["sk"]}
    change = {"Keys": keys, "NewImage": item, "SequenceNumber": f"{number:021d}", "StreamViewType": "NEW_IMAGE"}
    record = {"eventID": str(number), "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": REGION}
    return {**record, "dynamodb": change}


def parquet(*, seed: int, shift: float = 0.0, rows: int = 1_000, column: str = "temp") -> bytes:
    """Write a batch of two columns."""
    rng = np.random.default_rng(seed)
    file = io.BytesIO()
    pq.write_table(pa.table({column: rng.normal(shift, 1, rows), "kind": rng.choice(["a", "b"], rows)}), file)
    return file.getvalue()


def changed(bucket: str) -> dict[str, Any]:
    """Tell of a changed bucket as CloudTrail does."""
    detail = {"eventSource": "s3.amazonaws.com", "eventName": "DeleteBucketPublicAccessBlock", "awsRegion": REGION}
    requested = {"requestParameters": {"bucketName": bucket}, "readOnly": False}
    return {**told("AWS API Call via CloudTrail", "aws.s3"), "detail": {**detail, **requested}}


def decide_to_train(account: Account) -> Entry:
    """Take the decision that the trainer carries out."""
    batch = BatchVersion(bucket=BUCKET, key=f"{PREFIX}old.parquet", version_id="v1")
    body = RetrainDecided(
        model=MODEL,
        attempt=1,
        baseline="a" * 64,
        patience="2 of 3",
        change_point=batch,
        drifted=(batch,),
        inputs=(batch,),
        considered_until=NOON,
        considered_key=batch.key,
        pipeline=PIPELINE,
    )
    decision = Decision(body.kind, MODEL, "start", "drift in 2 of 3 batches", body, (MODEL, "1"))
    entry = account.ledger.commit(stream_of(MODEL), FOLD, lambda _: decision, cause=Cause("c", "c"), now=NOON)
    assert entry is not None
    return entry


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Furnish an account: buckets, the ledger, its bus and who listens, a topic, a pipeline."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    manifest = tmp_path_factory.mktemp("opt") / "governance.json"
    manifest.write_bytes(Manifest.model_validate(MANIFEST).canonical())
    account = Account(f"http://{host}:{port}", manifest)
    _furnish(account)
    yield account
    account.end()
    server.stop()


@pytest.fixture(scope="session")
def ready(account: Account) -> Account:
    """Bring a baseline into force, through the sweeper that asks for it and the actor that builds it."""
    assert account.ask("BatchSweeper", TICK).payload == WELL
    asked = account.recorded("baselines", "Baseline Requested")
    assert account.ask("BaselineActor", announced(asked)).payload == WELL
    assert account.recorded("baselines", "Baseline Activated").subject == MODEL
    return account


def _furnish(account: Account) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", account.endpoint)
        make_ledger_table()
    s3, events = account.client("s3"), account.client("events")
    for name in (BUCKET, STATE, QUARANTINE):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(
        Bucket=REPORTS,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    s3.put_object(Bucket=BUCKET, Key=REFERENCE, Body=parquet(seed=0, rows=5_000))
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{account.queue.rsplit('/', 1)[1]}"
    events.create_event_bus(Name="ledger")
    events.put_rule(Name="all", EventBusName="ledger", EventPattern='{"source": ["holdfast.ledger"]}')
    events.put_targets(Rule="all", EventBusName="ledger", Targets=[{"Id": "heard", "Arn": arn}])
    topic = account.client("sns").create_topic(Name="people")["TopicArn"]
    account.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    parameters = [{"Name": name, "Type": "String"} for name in (BATCHES, REASON, DECISION)]
    definition = {"Version": "2020-12-01", "Parameters": parameters, "Steps": []}
    account.client("sagemaker").create_pipeline(
        PipelineName=PIPELINE,
        PipelineDefinition=json.dumps(definition),
        ClientRequestToken="t" * 32,
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/train",
    )
