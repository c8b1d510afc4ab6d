from typing import Any

import pytest

from holdfast.compliance.controls.event_notifications import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import NOTIFICATION
from tests.unit.compliance.look import look

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:arrivals"


def queue(*events: str) -> Fact:
    return {"QueueConfigurations": [{"Id": "a", "QueueArn": QUEUE, "Events": list(events)}]}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (queue("s3:ObjectCreated:*"), "pass"),
        ({"TopicConfigurations": [{"TopicArn": "arn", "Events": ["s3:ObjectRemoved:*"]}]}, "pass"),
        ({"LambdaFunctionConfigurations": [{"LambdaFunctionArn": "arn", "Events": ["s3:ObjectTagging:*"]}]}, "pass"),
        ({"EventBridgeConfiguration": {}}, "pass"),
        ({"QueueConfigurations": [], "TopicConfigurations": []}, "fail"),
        ({}, "fail"),
    ],
)
def test_someone_must_be_told(answer: Fact, verdict: str) -> None:
    assert look(CONTROL, {NOTIFICATION: answer})[0] == verdict


@pytest.mark.parametrize(
    ("answer", "wanted", "verdict"),
    [
        (queue("s3:ObjectCreated:*"), "s3:ObjectCreated:Put", "pass"),
        (queue("s3:ObjectCreated:*"), "s3:ObjectCreated:*", "pass"),
        (queue("s3:ObjectCreated:Put"), "s3:ObjectCreated:*", "fail"),
        (queue("s3:ObjectCreated:*"), "s3:ObjectCreated:Put,s3:ObjectRemoved:Delete", "fail"),
        (queue("s3:ObjectCreated:*", "s3:ObjectRemoved:*"), ["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"], "pass"),
        ({"EventBridgeConfiguration": {}}, "s3:ObjectAcl:Put", "pass"),
    ],
)
def test_someone_must_be_told_of_each_type_that_was_asked_for(answer: Fact, wanted: Any, verdict: str) -> None:
    assert look(CONTROL, {NOTIFICATION: answer}, eventTypes=wanted)[0] == verdict


def test_the_destination_counts_if_one_was_asked_for() -> None:
    answer = {NOTIFICATION: queue("s3:ObjectCreated:*")}
    assert look(CONTROL, answer, destinationArn=QUEUE)[0] == "pass"
    assert look(CONTROL, answer, destinationArn="arn:aws:sqs:eu-west-1:123456789012:others")[0] == "fail"
    assert look(CONTROL, {NOTIFICATION: {"EventBridgeConfiguration": {}}}, destinationArn=QUEUE)[0] == "fail"
