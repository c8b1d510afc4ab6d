from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.compliance import judge
from holdfast.compliance.entries import FOLD
from holdfast.ledger.contract import Entry
from holdfast.shared import clients
from tests.conftest import ACCOUNT, REGION, TABLE, Context, make_ledger_table

MANIFEST = """
scope:
  - {kind: s3_bucket, match: "*", except: ["cdk-*", "tagged-*"]}
  - {kind: s3_bucket, match: "tagged-*", tags: {stage: "prod*"}}
  - {kind: "sagemaker_*"}
"""
STREAM = "compliance#s3_bucket/training-data"


@pytest.fixture
def judging(
    aws: None, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., list[str]]]:
    """Give the judge an account, a ledger and a manifest, and return what of its messages failed."""
    path = tmp_path / "governance.yaml"
    path.write_text(MANIFEST)
    for name, value in {
        "ACCOUNT": ACCOUNT, "REGION": REGION, "LEDGER_TABLE": TABLE, "ACTOR": "ComplianceJudge", "MANIFEST": str(path),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    make_ledger_table()
    forget()
    yield lambda *events: [
        failure["itemIdentifier"]
        for failure in judge.lambda_handler(queued(*events), Context())["batchItemFailures"]  # type: ignore[arg-type]
    ]
    forget()


def forget() -> None:
    clients.forget()
    for built in (judge.account, judge.ledger, judge.manifest, judge.rules):
        built.cache_clear()


def changed(name: str = "PutBucketPolicy", bucket: str = "training-data", **detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": "2026-03-02T12:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": {
            "eventSource": "s3.amazonaws.com",
            "eventName": name,
            "readOnly": False,
            "requestParameters": {"bucketName": bucket},
            "recipientAccountId": ACCOUNT,
            **detail,
        },
    }


def entries(stream: str = STREAM) -> list[Entry]:
    return list(judge.ledger().entries(stream))


def test_public_fixed_and_public_again_are_three_entries(bucket: Any, judging: Callable[..., list[str]]) -> None:
    bucket.obey()
    for act in (bucket.open, bucket.close, bucket.open):
        act()
        assert judging(changed()) == []
    assert [entry.outcome for entry in entries()] == ["fail", "pass", "fail"]
    assert len({entry.decision_id for entry in entries()}) == 3
    assert {"public_access_block", "public_read"} <= set(entries()[-1].body["changed"])


def test_an_event_delivered_twice_is_one_entry(bucket: Any, judging: Callable[..., list[str]]) -> None:
    assert judging(changed(), changed(), changed("PutBucketAcl")) == []
    assert len(entries()) == 1
    assert (entries()[0].cause, entries()[0].correlation_id) == (changed()["id"], changed()["id"])


def test_the_live_state_wins_over_what_an_event_claims(bucket: Any, judging: Callable[..., list[str]]) -> None:
    bucket.obey()
    assert judging(changed("DeleteBucket"), changed("DeleteBucketPolicy")) == []
    assert [entry.outcome for entry in entries()] == ["pass"]


def test_a_bucket_deleted_closes_its_findings(bucket: Any, judging: Callable[..., list[str]]) -> None:
    judging(changed("CreateBucket"))
    bucket.s3.delete_bucket(Bucket=bucket.name)
    judging(changed("DeleteBucket"), changed("PutBucketTagging"))
    assert [entry.outcome for entry in entries()] == ["fail", "deleted"]


@pytest.mark.parametrize(
    "event",
    [
        changed(errorCode="AccessDenied"),
        changed(readOnly=True),
        changed("GetBucketPolicy"),
        changed("PutObject"),
        changed(bucket="cdk-assets"),
        {**changed(), "account": "210987654321"},
    ],
)
def test_what_is_no_reason_to_look_is_acknowledged_without_an_entry(
    event: dict[str, Any], bucket: Any, judging: Callable[..., list[str]]
) -> None:
    assert judging(event) == []
    assert entries() == []


def test_a_change_that_names_no_bucket_fails_alone(bucket: Any, judging: Callable[..., list[str]]) -> None:
    assert judging(changed(bucket=""), changed(), {"detail": {}}) == ["message-0", "message-2"]
    assert len(entries()) == 1


def refusing(monkeypatch: pytest.MonkeyPatch, operation: str, code: str, status: int) -> None:
    """Let one call of S3 answer with an error."""
    s3 = clients.client("s3")

    def refuse(**_: Any) -> Any:
        answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, operation)

    monkeypatch.setattr(s3, operation, refuse)


def test_a_denied_read_is_recorded_as_unknown_never_as_pass(
    bucket: Any, judging: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.obey()
    refusing(monkeypatch, "get_bucket_policy", "AccessDenied", 403)
    assert judging(changed()) == []
    [entry] = entries()
    assert entry.outcome == "unknown"
    found = {finding["control"]: finding for finding in entry.body["findings"]}
    unknown = {name for name, finding in found.items() if finding["verdict"] == "unknown"}
    assert {"tls_only", "foreign_administration"} <= unknown
    assert {finding["verdict"] for name, finding in found.items() if name not in unknown} <= {"pass", "not_applicable"}
    assert "s3:GetBucketPolicy" in found["tls_only"]["reason"]


def test_throttling_is_retried_by_the_queue_and_records_nothing(
    bucket: Any, judging: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, "get_bucket_policy", "SlowDown", 503)
    assert judging(changed()) == ["message-0"]
    assert entries() == []


def test_a_change_made_while_the_judge_looked_is_seen_before_it_leaves(
    bucket: Any, judging: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.obey()
    opened: list[None] = []
    commit = judge.ledger().commit

    def commit_late(*given: Any, **named: Any) -> Entry | None:
        entry = commit(*given, **named)
        if not opened:
            opened.append(bucket.open())
        return entry

    monkeypatch.setattr(judge.ledger(), "commit", commit_late)
    assert judging(changed()) == []
    assert [entry.outcome for entry in entries()] == ["pass", "fail"]


def test_a_bucket_that_never_comes_to_rest_is_looked_at_later(
    bucket: Any, judging: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.obey()
    turns = iter([bucket.open, bucket.close] * judge.LOOKS)
    commit = judge.ledger().commit

    def commit_and_change(*given: Any, **named: Any) -> Entry | None:
        next(turns)()
        return commit(*given, **named)

    monkeypatch.setattr(judge.ledger(), "commit", commit_and_change)
    assert judging(changed()) == ["message-0"]
    assert len(entries()) == judge.LOOKS


def test_the_state_is_what_the_entries_fold_to(bucket: Any, judging: Callable[..., list[str]]) -> None:
    for act in (bucket.open, bucket.close):
        act()
        judging(changed())
    state = FOLD.state()
    for entry in entries():
        state = FOLD.evolve(state, entry)
    assert judge.ledger().state(STREAM, FOLD) == state


def called(name: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A call to SageMaker was recorded."""
    told = changed(name, eventSource="sagemaker.amazonaws.com", requestParameters=parameters, **more)
    return {**told, "source": "aws.sagemaker"}


JOB = called(
    "CreateTrainingJob",
    {
        "trainingJobName": "night-run",
        "enableNetworkIsolation": False,
        "resourceConfig": {"instanceCount": 1, "instanceType": "ml.m5.large", "volumeSizeInGB": 10},
    },
)
OF_JOB = "compliance#sagemaker_training_job/night-run"


def test_a_job_that_is_gone_is_judged_by_the_request_and_the_reason_says_so(
    aws: None, judging: Callable[..., list[str]]
) -> None:
    assert judging(JOB, JOB) == []
    [entry] = entries(OF_JOB)
    assert entry.outcome == "fail"
    verdicts = {finding["control"]: (finding["verdict"], finding["reason"]) for finding in entry.body["findings"]}
    assert verdicts["training_job_isolated"][0] == "fail"
    assert all(reason.startswith("judged by the request that created it") for _, reason in verdicts.values())


def test_a_request_opens_nothing_that_was_closed(aws: None, judging: Callable[..., list[str]]) -> None:
    look = {"look": {"kind": "sagemaker_training_job", "name": "night-run", "cause": "tick"}}
    assert judging(JOB, look, JOB, look) == []
    assert [entry.outcome for entry in entries(OF_JOB)] == ["fail", "deleted"]


def test_a_job_that_stands_is_described_whatever_was_asked_for(aws: None, judging: Callable[..., list[str]]) -> None:
    boto3.client("sagemaker", REGION).create_training_job(
        TrainingJobName="night-run", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r", EnableNetworkIsolation=True,
        AlgorithmSpecification={"TrainingImage": "i", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": "s3://b/o"}, StoppingCondition={"MaxRuntimeInSeconds": 60},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
    )  # fmt: skip
    assert judging(JOB) == []
    [entry] = entries(OF_JOB)
    found = {finding["control"]: finding for finding in entry.body["findings"]}
    assert found["training_job_isolated"]["verdict"] == "pass"
    assert "request" not in found["training_job_isolated"]["reason"]


def test_what_tells_of_itself_is_looked_at(aws: None, judging: Callable[..., list[str]]) -> None:
    boto3.client("sagemaker", REGION).create_notebook_instance(
        NotebookInstanceName="desk", InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
    )
    told = {
        "detail-type": "SageMaker Notebook Instance State Change", "source": "aws.sagemaker", "account": ACCOUNT,
        "id": "news", "resources": [f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:notebook-instance/desk"], "detail": {},
    }  # fmt: skip
    assert judging({**told, "account": "210987654321"}, {**told, "resources": []}, told) == ["message-1"]
    assert [entry.cause for entry in entries("compliance#sagemaker_notebook_instance/desk")] == ["news"]


def test_a_finding_from_elsewhere_is_a_hint_and_our_own_is_none(bucket: Any, judging: Callable[..., list[str]]) -> None:
    finding = {"ProductArn": "arn", "GeneratorId": "x", "Resources": [{"Type": "AwsS3Bucket", "Id": "training-data"}]}
    imported = {
        "detail-type": "Security Hub Findings - Imported", "source": "aws.securityhub", "account": ACCOUNT,
        "id": "hub", "detail": {"findings": [{**finding, "GeneratorId": "holdfast/tls_only"}]},
    }  # fmt: skip
    assert judging(imported, {**imported, "account": "210987654321"}) == []
    assert entries() == []
    assert judging({**imported, "detail": {"findings": [finding]}}) == []
    assert [entry.cause for entry in entries()] == ["hub"]


@pytest.mark.parametrize(("stage", "is_watched"), [("prod-eu", True), ("test", False), (None, False)])
def test_a_scope_may_select_by_tags(
    aws: None, judging: Callable[..., list[str]], stage: str | None, is_watched: bool
) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="tagged-data", CreateBucketConfiguration={"LocationConstraint": REGION})
    if stage is not None:
        s3.put_bucket_tagging(Bucket="tagged-data", Tagging={"TagSet": [{"Key": "stage", "Value": stage}]})
    assert judging(changed(bucket="tagged-data")) == []
    assert len(entries("compliance#s3_bucket/tagged-data")) == is_watched


def test_a_bucket_that_loses_its_tag_is_closed(aws: None, judging: Callable[..., list[str]]) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="tagged-data", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket="tagged-data", Tagging={"TagSet": [{"Key": "stage", "Value": "prod"}]})
    judging(changed(bucket="tagged-data"))
    s3.delete_bucket_tagging(Bucket="tagged-data")
    judging(changed("DeleteBucketTagging", bucket="tagged-data"))
    assert [entry.outcome for entry in entries("compliance#s3_bucket/tagged-data")] == ["fail", "deleted"]
