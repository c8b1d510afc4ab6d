from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.shared.clients import DENIED, code_of
from holdfast_console.replay.gate import Call, Caller, Gate

REGION = "eu-west-1"
JUDGE = Caller("BatchJudge", "arn:aws:iam::123456789012:role/judge")


class Watch:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.seen: list[Call] = []
        self.gate = Gate(allow=self._allow, seen=self.seen.append)

    def _allow(self, call: Call) -> str | None:
        self.asked.append(call.operation)
        return "not granted" if call.operation.startswith("Delete") else None


@pytest.fixture
def watch(aws: None) -> Iterator[Watch]:
    watch = Watch()
    with watch.gate.standing():
        yield watch


def test_a_functions_calls_are_asked_for_and_remembered(watch: Watch) -> None:
    sns = boto3.client("sns", REGION)
    with watch.gate.acting_as(JUDGE):
        sns.create_topic(Name="notices")
    assert watch.asked == ["CreateTopic"]
    call = watch.seen[0]
    assert (call.caller, call.service, call.operation, call.params, call.region) == (
        JUDGE,
        "sns",
        "CreateTopic",
        {"Name": "notices"},
        REGION,
    )


def test_the_operator_may_do_anything(watch: Watch) -> None:
    boto3.client("sns", REGION).delete_topic(TopicArn=f"arn:aws:sns:{REGION}:123456789012:absent")
    assert watch.asked == []
    assert [(call.caller, call.operation) for call in watch.seen] == [(None, "DeleteTopic")]


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "delete_object", {"Bucket": "bucket", "Key": "a"}),
        ("dynamodb", "delete_table", {"TableName": "ledger"}),
        ("sns", "delete_topic", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:notices"}),
    ],
)
def test_what_is_not_granted_is_refused_as_aws_does_and_never_made(
    watch: Watch, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    client = boto3.client(service, REGION)
    with watch.gate.acting_as(JUDGE), pytest.raises(ClientError, match="not granted") as refused:
        getattr(client, operation)(**arguments)
    assert code_of(refused.value) in DENIED
    assert watch.seen == []


def test_an_error_of_aws_is_remembered_with_its_code(watch: Watch) -> None:
    with watch.gate.acting_as(JUDGE), pytest.raises(ClientError):
        boto3.client("s3", REGION).get_object(Bucket="absent-bucket", Key="a")
    assert [call.error for call in watch.seen] == ["NoSuchBucket"]


@pytest.mark.parametrize(("moment", "made"), [("before", 0), ("after", 1)])
def test_a_fault_can_strike_on_either_side_of_a_call(watch: Watch, moment: str, made: int) -> None:
    def strike(call: Call, when: str) -> None:
        if when == moment:
            raise TimeoutError("the process was killed")

    watch.gate.fault = strike
    with watch.gate.acting_as(JUDGE), pytest.raises(TimeoutError):
        boto3.client("sns", REGION).create_topic(Name="notices")
    watch.gate.fault = None
    assert len(boto3.client("sns", REGION).list_topics()["Topics"]) == made
