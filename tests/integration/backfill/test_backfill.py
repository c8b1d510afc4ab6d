"""`holdfast backfill` in an account that is moto."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
import yaml

from holdfast.batches.contract import BatchArrived
from holdfast.batches.entries import ObjectRead
from holdfast.batches.logic import BATCH, Described, Subject, Verdict, decide
from holdfast.batches.verdict import BatchAssessment, Level
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause
from holdfast_console.main import main
from tests.conftest import NOON, REGION, TABLE


@pytest.fixture
def account(ledger: Ledger, tmp_path: Path) -> Any:
    """Give a bucket with three batches of last year and things that are none."""
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="ml-data", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="ml-data", VersioningConfiguration={"Status": "Enabled"})
    with time_machine.travel("2025-06-01T12:00:00Z", tick=False):
        for key in ("in/a.parquet", "in/b +%2F.parquet", "in/c.parquet", "in/readme.md", "elsewhere/d.parquet"):
            s3.put_object(Bucket="ml-data", Key=key, Body=b"x" * 1000)
    model = {"owner": "t", "batches": {"bucket": "ml-data", "prefix": "in/"}, "reference": "s3://ml-data/r.parquet"}
    said = {"buckets": [{"name": "ml-data", "region": REGION}], "models": {"bike": model}}
    (tmp_path / "governance.yaml").write_text(yaml.safe_dump(said))
    return s3


def run(tmp_path: Path, *more: str) -> int:
    """Run the command on the manifest."""
    return main(["backfill", "--manifest", str(tmp_path / "governance.yaml"), *more])


def test_count_bytes_and_cost_come_first_and_nothing_is_sent(
    account: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = boto3.client("sqs", REGION).create_queue(QueueName="judge")["QueueUrl"]
    assert run(tmp_path, "--json", "--queue-url", url) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["model"], line["versions"], line["bytes"], line["sent"]) == ("bike", 3, 3000, 0)
    assert line["cost_usd"] > 0
    assert "2026" in line["prices"]
    assert "Messages" not in boto3.client("sqs", REGION).receive_message(QueueUrl=url)


def test_people_are_told_in_a_sentence(account: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "bike: 3 object versions, 0.0 MB, about less than 0.01 USD" in shown
    assert "add --yes" in shown


def test_with_yes_every_version_reaches_the_judges_queue(
    account: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = boto3.client("sqs", REGION)
    url = sqs.create_queue(QueueName="judge")["QueueUrl"]
    assert run(tmp_path, "bike", "--json", "--yes", "--queue-url", url) == 0
    assert json.loads(capsys.readouterr().out)["sent"] == 3
    bodies = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    arrived = {one.key: one for body in bodies for one in BatchArrived.receive(body)}
    assert set(arrived) == {"in/a.parquet", "in/b +%2F.parquet", "in/c.parquet"}
    assert all(one.version_id and one.etag for one in arrived.values())


def test_what_has_its_verdict_is_left_out(
    account: Any, tmp_path: Path, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    head = account.head_object(Bucket="ml-data", Key="in/a.parquet")
    source = ObjectRead(
        bucket="ml-data", key="in/a.parquet", version_id=head["VersionId"], etag=head["ETag"].strip('"')
    )
    well = BatchAssessment(level=Level.NONE, n=9, reason="well")
    body = Verdict.of(well, Described(source, 1000, NOON), model="bike").body
    stream = Subject("bike", "ml-data", "in/a.parquet", head["VersionId"]).stream
    ledger.commit(stream, BATCH, lambda state: decide(state, body, reason="well"), cause=Cause("e", "e"), now=NOON)
    assert run(tmp_path, "--json", "--ledger-table", TABLE) == 0
    assert json.loads(capsys.readouterr().out)["versions"] == 2


def test_since_leaves_out_what_is_older(account: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--json", "--since", "2025-06-02") == 0
    assert json.loads(capsys.readouterr().out)["versions"] == 0


@pytest.mark.parametrize("wrong", [["no-such-model"], ["--yes"], ["--since", "yesterday"]])
def test_misuse_is_64(account: Any, tmp_path: Path, wrong: list[str]) -> None:
    assert run(tmp_path, *wrong) == 64
