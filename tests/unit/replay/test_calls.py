"""What calls need, held against two catalogues of AWS's own: botocore's operations and IAM's actions and resources."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import cfnlint  # type: ignore[import-untyped]
import pytest

from holdfast.compliance.facts import Call as Asked
from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.call import Need
from holdfast_console.replay.calls import TABLES, needs
from holdfast_console.replay.calls_compliance import DESCRIBED
from infra.constructs import compliance

ACCOUNT = "123456789012"
REGION = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/ledger"
STREAM = f"{TABLE}/stream/2026-01-01T00:00:00.000"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:batches"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:notices"
EXECUTION = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/train/execution/abc"

SAMPLE: dict[str, Any] = {
    "Bucket": "ml-data", "Key": "batches/a.parquet", "UploadId": "1", "AccountId": ACCOUNT,
    "CopySource": {"Bucket": "source", "Key": "b.parquet"}, "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]},
    "TableName": "ledger", "Item": {"pk": {"S": "batches#1"}},
    "TransactItems": [{"Put": {"TableName": "ledger", "Item": {"pk": {"S": "batches#1"}}}}],
    "RequestItems": {"ledger": {"Keys": [{"pk": {"S": "batches#1"}}]}},
    "StreamArn": STREAM, "ShardIterator": f"{STREAM}|1|AAA", "ShardId": "s", "ShardIteratorType": "LATEST",
    "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/batches", "ReceiptHandle": "r", "MessageBody": "{}",
    "TopicArn": TOPIC, "Message": "m", "Entries": [{"EventBusName": "ledger", "Source": "s", "DetailType": "d"}],
    "PipelineName": "train", "PipelineExecutionArn": EXECUTION, "TrainingJobName": "job", "Namespace": "Holdfast",
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/training", "KeyId": KEY, "CiphertextBlob": b"", "Name": "name",
    "TrailName": "trail", "ResourceArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/name",
    **{argument: "name" for argument, _ in DESCRIBED.values()},
}  # fmt: skip
"""One value for every parameter that some operation reads."""

DYNAMODB_KEY = {"Key": {"pk": {"S": "batches#1"}}}


class Encrypted:
    """Surroundings in which one key encrypts all."""

    def __init__(self, key: str | None = KEY) -> None:
        self.key = key

    def encryption(self, _: str) -> str | None:
        return self.key

    def partition_key(self, _: str) -> str | None:
        return "pk"

    def key_arn(self, key: str) -> str:
        assert key in (KEY, "alias/mine")
        return KEY


def needed(service: str, operation: str, *, key: str | None = None, **params: Any) -> list[Need]:
    return needs(service, operation, params, region=REGION, account=ACCOUNT, around=Encrypted(key))


def pairs(service: str, operation: str, *, key: str | None = None, **params: Any) -> list[tuple[str, str]]:
    return [(need.action, need.resource) for need in needed(service, operation, key=key, **params)]


def sampled(service: str, operation: str) -> list[Need]:
    params = SAMPLE | (DYNAMODB_KEY if service == "dynamodb" else {})
    if operation in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        params |= {"Tagging": "a=b"}
    if operation == "TransactGetItems":
        params |= {"TransactItems": [{"Get": {"TableName": "ledger", **DYNAMODB_KEY}}]}
    return needed(service, operation, key=KEY, **params)


OPERATIONS = [(service, operation) for service, table in TABLES.items() for operation in table]


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_entry_is_an_operation_of_its_service(service: str, operation: str) -> None:
    assert operation in boto3.client(service, region_name=REGION).meta.service_model.operation_names


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """Give IAM's service authorization reference as cfn-lint carries it."""
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    content: dict[str, Any] = json.loads(path.read_text())
    return content


UNLIMITED = {"cloudwatch:GetMetricData", "cloudwatch:PutMetricData", "sagemaker:ListModelPackages"}
"""Actions that IAM can limit to a resource, but that also serve without one."""


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_need_is_an_action_on_a_resource_that_iam_knows(
    service: str, operation: str, reference: dict[str, Any]
) -> None:
    for need in sampled(service, operation):
        prefix, action = need.action.split(":")
        kinds = reference[prefix]["Actions"][action.lower()].get("Resources", [])
        formats = [
            re.sub(r"\$\{\w+\}", "[^:]*", written)
            for kind in kinds
            for written in reference[prefix]["Resources"][kind]["ARNFormats"]
        ]
        if formats and need.action not in UNLIMITED:
            assert any(re.fullmatch(written, need.resource) for written in formats), need
        else:
            assert need.resource == "*", need


def test_what_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="unknown call s3 DeleteObject: add it"):
        needed("s3", "DeleteObject", Bucket="ml-data", Key="a")
    with pytest.raises(ConfigurationError, match="unknown call glue GetTables: add it"):
        needed("glue", "GetTables")


def test_a_call_without_what_it_names_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="s3 GetObject: Bucket must be text, got None"):
        needed("s3", "GetObject", Key="a")
    with pytest.raises(ConfigurationError, match="sqs SendMessage: QueueUrl must end in an account and a name"):
        needed("sqs", "SendMessage", QueueUrl="https://queue")


def test_a_queue_is_found_by_its_url_wherever_it_is_served() -> None:
    for host in (f"https://sqs.{REGION}.amazonaws.com", "http://127.0.0.1:5000"):
        assert pairs("sqs", "ReceiveMessage", QueueUrl=f"{host}/{ACCOUNT}/batches") == [("sqs:ReceiveMessage", QUEUE)]


def test_messages_take_the_key_of_their_queue_or_topic() -> None:
    url = SAMPLE["QueueUrl"]
    both = [("kms:GenerateDataKey", KEY), ("kms:Decrypt", KEY)]
    assert pairs("sqs", "SendMessageBatch", key=KEY, QueueUrl=url) == [("sqs:SendMessage", QUEUE), *both]
    assert pairs("sqs", "ReceiveMessage", key=KEY, QueueUrl=url) == [("sqs:ReceiveMessage", QUEUE), both[1]]
    assert pairs("sqs", "DeleteMessage", key=KEY, QueueUrl=url) == [("sqs:DeleteMessage", QUEUE)]
    assert pairs("sns", "Publish", key="alias/mine", TopicArn=TOPIC) == [("sns:Publish", TOPIC), *both]


def test_a_key_is_used_through_the_service() -> None:
    use = needed("sqs", "ReceiveMessage", key=KEY, QueueUrl=SAMPLE["QueueUrl"])[1]
    assert use.context["kms:ViaService"] == f"sqs.{REGION}.amazonaws.com"
    assert use.context["kms:CallerAccount"] == ACCOUNT


def test_a_key_that_aws_manages_admits_all_who_may_use_its_service() -> None:
    assert pairs("sqs", "SendMessage", key="alias/aws/sqs", QueueUrl=SAMPLE["QueueUrl"]) == [("sqs:SendMessage", QUEUE)]


def test_each_bus_is_asked_about_its_entries() -> None:
    entry = {"Source": "holdfast.ledger", "DetailType": "Batch Judged"}
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/ledger"
    entries = [{"EventBusName": "ledger"} | entry, {"EventBusName": arn} | entry, {"Source": "test", "DetailType": "x"}]
    ledger, default = needed("events", "PutEvents", Entries=entries)
    assert ledger.resource == arn
    assert ledger.context == {"events:source": "holdfast.ledger", "events:detail-type": "Batch Judged"}
    assert default.resource == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"


def test_a_training_job_takes_the_right_to_hand_over_its_role() -> None:
    job = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/job"
    role = f"arn:aws:iam::{ACCOUNT}:role/training"
    created = needed("sagemaker", "CreateTrainingJob", TrainingJobName="job", RoleArn=role)
    assert [(need.action, need.resource) for need in created] == [
        ("sagemaker:CreateTrainingJob", job),
        ("iam:PassRole", role),
    ]
    assert created[1].context["iam:PassedToService"] == "sagemaker.amazonaws.com"
    tags = [{"Key": "decision", "Value": "1"}]
    tagged = needed("sagemaker", "CreateTrainingJob", TrainingJobName="job", RoleArn=role, Tags=tags)
    assert ("sagemaker:AddTags", job) in [(need.action, need.resource) for need in tagged]
    assert tagged[0].context["aws:RequestTag/decision"] == "1"


def test_pipelines_are_named_or_given_by_arn() -> None:
    pipeline = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/train"
    for name in ("train", pipeline):
        assert pairs("sagemaker", "StartPipelineExecution", PipelineName=name) == [
            ("sagemaker:StartPipelineExecution", pipeline)
        ]
    assert pairs("sagemaker", "DescribePipelineExecution", PipelineExecutionArn=EXECUTION) == [
        ("sagemaker:DescribePipelineExecution", EXECUTION)
    ]


def test_who_am_i_needs_nothing() -> None:
    assert needed("sts", "GetCallerIdentity") == []


ASKED = sorted(compliance.needed(), key=lambda call: (call.service, call.operation, call.permission))


def place(call: Asked) -> str:
    """Where infra grants a call's permission."""
    service, here = call.permission.partition(":")[0], f"{call.region or REGION}:{ACCOUNT}"
    named = {"bucket": "arn:aws:s3:::*", "object": "arn:aws:s3:::*/*", "service": f"arn:aws:{service}:{here}:*"}
    return named.get(call.level, "*")


@pytest.mark.parametrize("call", ASKED, ids=lambda call: f"{call.operation}-{call.permission}")
def test_what_compliance_asks_needs_what_it_declares_where_it_declares_it(call: Asked) -> None:
    operations = boto3.client(call.service, region_name=REGION).meta.method_to_api_mapping
    bucket = "data--euw1-az1--x-s3" if call.permission.startswith("s3express:") else "ml-data"
    found = needed(call.service, operations[call.operation], **{**SAMPLE, "Bucket": bucket})
    assert {need.action for need in found} == {call.permission}
    for need in found:
        assert place(call) == "*" or fnmatchcase(need.resource, place(call)), f"{need} is granted on {place(call)}"
