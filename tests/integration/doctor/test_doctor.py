"""`holdfast doctor` in an account that is moto."""

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.stub import Stubber
from moto.s3.models import s3_backends

from holdfast.shared.clients import client
from holdfast_console.main import main
from tests.conftest import ACCOUNT, REGION, TABLE, make_ledger_table

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:judge"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def manifest_of(tmp_path: Path, *, events: str = "eventbridge") -> str:
    """Write a manifest of one bucket and one model."""
    said = {
        "buckets": [{"name": "ml-data", "region": REGION, "events": events}],
        "models": {
            "bike": {
                "owner": "team",
                "batches": {"bucket": "ml-data", "prefix": "bike/"},
                "reference": "s3://ml-data/reference.parquet",
                "retraining": {"pipeline": "bike-training"},
            }
        },
    }
    path = tmp_path / "governance.yaml"
    path.write_text(yaml.safe_dump(said))
    return str(path)


@pytest.fixture
def bucket(aws: None) -> Any:
    """Give an account with the bucket and nothing else."""
    s3 = client("s3", REGION)
    s3.create_bucket(Bucket="ml-data", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.meta.events.register("after-call.s3.GetBucketNotificationConfiguration", _say_eventbridge)
    return s3


def _say_eventbridge(parsed: dict[str, Any], **_: Any) -> None:
    """Answer as S3 does: moto keeps this part of the setting and leaves it out of its answer."""
    kept = s3_backends[ACCOUNT]["aws"].buckets["ml-data"].notification_configuration
    if kept is not None and kept.event_bridge is not None:
        parsed["EventBridgeConfiguration"] = {}


def test_moto_still_leaves_eventbridge_out_of_its_answer(aws: None) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="ml-data", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_notification_configuration(
        Bucket="ml-data", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket="ml-data")


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """Read what was printed, by check."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {line["check"]: line for line in lines}


def test_every_silence_of_a_bare_account_is_found(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ledger_table()
    topic = boto3.client("sns", REGION).create_topic(Name="t")["TopicArn"]
    named = ["--ledger-table", TABLE, "--topic-arn", topic]
    with Stubber(client("sagemaker", REGION)) as sagemaker:  # moto has a code of its own for a missing pipeline
        sagemaker.add_client_error("describe_pipeline", "ResourceNotFound", http_status_code=400)
        assert main(["doctor", "--manifest", manifest_of(tmp_path), "--json", *named]) == 1
    found = findings(capsys)
    assert {check for check, one in found.items() if one["verdict"] == "failed"} == {
        "events", "quarantine", "reference", "baseline", "pipeline", "trail", "topic",
    }  # fmt: skip
    assert {check for check, one in found.items() if one["verdict"] == "ok"} == {"region", "key"}


def test_a_house_in_order_is_said_to_be(bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = manifest_of(tmp_path)
    bucket.put_object(Bucket="ml-data", Key="reference.parquet", Body=b"x")
    bucket.put_bucket_notification_configuration(
        Bucket="ml-data", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    boto3.client("sagemaker", REGION).create_pipeline(
        PipelineName="bike-training", PipelineDefinition="{}", ClientRequestToken="t" * 32,
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/sagemaker",
    )  # fmt: skip
    topic = boto3.client("sns", REGION).create_topic(Name="t")["TopicArn"]
    boto3.client("sns", REGION).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    boto3.client("s3", REGION).create_bucket(
        Bucket="trail-logs", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    cloudtrail = boto3.client("cloudtrail", REGION)
    cloudtrail.create_trail(Name="trail", S3BucketName="trail-logs")
    cloudtrail.start_logging(Name="trail")
    cloudtrail.put_event_selectors(
        TrailName="trail", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )
    assert main(["doctor", "--manifest", path, "--json", "--topic-arn", topic]) == 1
    found = findings(capsys)
    bucket.put_bucket_policy(Bucket="ml-data", Policy=json.dumps(_offered(found["quarantine"]["offer"])))
    assert main(["doctor", "--manifest", path, "--json", "--topic-arn", topic]) == 2
    found = findings(capsys)
    assert {check: one["reason"] for check, one in found.items() if one["verdict"] != "ok"} == {
        "baseline": "the ledger's table is not named"
    }


def _offered(diff: str) -> Any:
    """Do as the offer says: keep what is unchanged, take what is added."""
    return json.loads("\n".join(line[1:] for line in diff.splitlines()[3:] if line[:1] in ("+", " ")))


def test_what_may_not_be_read_is_unknown_and_never_well(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Stubber(bucket) as stub:
        for _ in range(6):
            stub.add_client_error("anything", "AccessDenied", http_status_code=403)
        stub_any(stub)
        main(["doctor", "--manifest", manifest_of(tmp_path), "--json"])
    found = findings(capsys)
    for check in ("region", "key", "events", "quarantine", "reference"):
        assert found[check]["verdict"] == "unknown"
        assert "AccessDenied" in found[check]["reason"]


def stub_any(stub: Stubber) -> None:
    """Let the queued answers serve whatever is asked."""
    stub._assert_expected_call_order = lambda *_, **__: None  # type: ignore[method-assign]


def test_the_owner_is_named_in_every_call_on_a_bucket(bucket: Any, tmp_path: Path) -> None:
    said: list[dict[str, Any]] = []
    bucket.meta.events.register("provide-client-params.s3", lambda params, **_: said.append(dict(params)))
    main(["doctor", "--manifest", manifest_of(tmp_path), "--json", "--enable-events", "--yes"])
    assert said
    assert all(call["ExpectedBucketOwner"] == ACCOUNT for call in said)


def test_events_are_enabled_beside_what_is_set(bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queue = boto3.client("sqs", REGION).create_queue(QueueName="theirs")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:theirs"
    assert queue
    theirs = {"Id": "theirs", "QueueArn": arn, "Events": ["s3:ObjectRemoved:*"]}
    bucket.put_bucket_notification_configuration(
        Bucket="ml-data", NotificationConfiguration={"QueueConfigurations": [theirs]}
    )
    before = bucket.get_bucket_notification_configuration(Bucket="ml-data")
    main(["doctor", "--manifest", manifest_of(tmp_path), "--json", "--enable-events", "--yes"])
    printed = capsys.readouterr()
    after = bucket.get_bucket_notification_configuration(Bucket="ml-data")
    assert after["QueueConfigurations"] == before["QueueConfigurations"]
    assert after["EventBridgeConfiguration"] == {}
    assert '+  "EventBridgeConfiguration": {},' in printed.err
    assert json.loads(next(line for line in printed.out.splitlines() if '"events"' in line))["verdict"] == "ok"


def test_a_queue_is_told_of_each_prefix(bucket: Any, tmp_path: Path) -> None:
    boto3.client("sqs", REGION).create_queue(QueueName="judge")
    path = manifest_of(tmp_path, events="notification")
    main(["doctor", "--manifest", path, "--json", "--enable-events", "--yes", "--queue-arn", QUEUE])
    (queue,) = bucket.get_bucket_notification_configuration(Bucket="ml-data")["QueueConfigurations"]
    assert (queue["QueueArn"], queue["Events"]) == (QUEUE, ["s3:ObjectCreated:*"])
    assert queue["Filter"]["Key"]["FilterRules"][0]["Value"] == "bike/"


def test_nothing_is_written_without_being_asked_for(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["doctor", "--manifest", manifest_of(tmp_path), "--json"])
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    main(["doctor", "--manifest", manifest_of(tmp_path), "--json", "--enable-events"])
    assert "EventBridgeConfiguration" not in bucket.get_bucket_notification_configuration(Bucket="ml-data")


def test_misuse_is_64() -> None:
    assert main(["doctor", "--no-such-option"]) == 64


def test_it_reads_well_in_a_terminal(bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--manifest", manifest_of(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "no events go to EventBridge" in " ".join(shown.split())
    assert "s3:ExistingObjectTag/holdfast" in shown
