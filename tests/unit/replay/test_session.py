"""A twin of a small app made by hand: one rule, one queue, one function, and what becomes of an event on the way."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.gate import Call, Killed
from holdfast_console.replay.proof import NotGranted
from holdfast_console.replay.session import START, Twin
from holdfast_console.replay.templates import Synthesis

MANIFEST = "buckets:\n  - {name: ml-data, region: eu-west-1, events: eventbridge}\n"
HANDLERS = """
import json, os
from functools import cache
import boto3

@cache
def table():
    return os.environ["TABLE"]

def judge(event, context):
    failed = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        detail = body.get("detail", {})
        if detail.get("poison"):
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        if detail.get("raise"):
            raise RuntimeError("no such thing")
        item = {"pk": {"S": body["id"]}, "room": {"S": open(os.environ["LAYER"]).read()}}
        boto3.client("dynamodb").put_item(TableName=table(), Item=item)
    return {"batchItemFailures": failed}
"""
HASH = "b" * 64
SERVICE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
Start = Callable[..., AbstractContextManager[Twin]]


def att(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def allow(sid: str, actions: list[str], resource: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def admit(queue: str) -> dict[str, Any]:
    statement = {
        "Sid": "Rules",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": att(queue),
    }
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": queue}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }


def rule(**properties: Any) -> dict[str, Any]:
    target = {"Id": "Queue", "Arn": att("Queue"), "DeadLetterConfig": {"Arn": att("Undelivered")}}
    return {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target], **properties}}


TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": SERVICE_TRUST,
                "Policies": [
                    {
                        "PolicyName": "May",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                allow(
                                    "Drain",
                                    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                                    att("Queue"),
                                ),
                                allow("Write", ["dynamodb:PutItem"], att("Table")),
                                allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], "*"),
                            ],
                        },
                    }
                ],
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": "assets", "S3Key": f"{HASH}.zip"},
                "Handler": "twin_handlers.judge",
                "Runtime": "python3.12",
                "Role": att("Role"),
                "Timeout": 30,
                "Environment": {"Variables": {"TABLE": {"Ref": "Table"}, "LAYER": "/opt/layer.txt"}},
                "Layers": [{"Ref": "Layer"}],
            },
            "Metadata": {"aws:cdk:path": "Small/Judge/Function/Resource"},
        },
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "assets", "S3Key": f"{HASH}.zip"}},
        },
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Undelivered": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"RedrivePolicy": {"deadLetterTargetArn": att("Dead"), "maxReceiveCount": 3}},
        },
        "QueuePolicy": admit("Queue"),
        "UndeliveredPolicy": admit("Undelivered"),
        "Created": rule(EventPattern={"source": ["aws.s3"], "detail-type": ["Object Created"]}),
        "Own": rule(EventPattern={"source": ["test"]}),
        "Timer": rule(ScheduleExpression="rate(1 hour)"),
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": att("Queue"),
                "FunctionName": {"Ref": "Function"},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
    }
}


@pytest.fixture
def template() -> dict[str, Any]:
    return copy.deepcopy(TEMPLATE)


@pytest.fixture
def start(template: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "twin_handlers.py").write_text(HANDLERS)
    (tmp_path / "layer.txt").write_text("from the layer")
    manifest = tmp_path / "governance.yaml"
    manifest.write_text(MANIFEST)

    def start(**options: Any) -> AbstractContextManager[Twin]:
        return Twin.start(
            manifest, synthesis=Synthesis({"Small": template}, {HASH: tmp_path}, "eu-west-1", None), **options
        )

    yield start
    monkeypatch.delitem(__import__("sys").modules, "twin_handlers", raising=False)


def event(**detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": f"event-{detail.get('number', 0)}",
        "detail-type": "Thing",
        "source": "test",
        "detail": detail,
    }


def written(twin: Twin) -> list[str]:
    table = twin.function("Judge").environment["TABLE"]
    return sorted(item["pk"]["S"] for item in twin.client("dynamodb").scan(TableName=table)["Items"])


def kinds(twin: Twin) -> list[str]:
    return [line.kind for line in twin.trace]


def test_an_object_reaches_the_function_and_what_it_writes_is_told(start: Start) -> None:
    with start() as twin:
        version = twin.put("ml-data", "a.parquet", b"a")
        assert twin.settle() == 2, "one event on the bus, one message in the queue"
        assert len(written(twin)) == 1
        assert version != "null", "buckets that exist already are versioned"
        line = twin.trace[-1]
        assert (line.kind, line.event, line.function) == ("effect", "Object Created s3://ml-data/a.parquet", "Judge")
        assert line.effects == ("dynamodb PutItem",)
        assert (line.at, twin.now) == (START, START)


def test_a_function_finds_its_variables_and_its_layer_and_nothing_else(start: Start) -> None:
    with start() as twin:
        twin.send(event())
        twin.settle()
        table = twin.function("Judge").environment["TABLE"]
        item = twin.client("dynamodb").scan(TableName=table)["Items"][0]
        assert item["room"]["S"] == "from the layer"


def test_timers_tick_as_time_passes(start: Start) -> None:
    with start() as twin:
        twin.advance(timedelta(minutes=59))
        assert written(twin) == []
        twin.advance(timedelta(hours=5))
        assert len(written(twin)) == 5
        twin.advance(timedelta(hours=24), ticks_every=timedelta(hours=6))
        assert len(written(twin)) == 9


def test_time_can_pass_without_anything_being_played(start: Start) -> None:
    with start() as twin:
        twin.advance(timedelta(hours=3), settle=False)
        assert written(twin) == []
        twin.settle()
        assert len(written(twin)) == 3


def test_every_event_ends_somewhere(start: Start) -> None:
    with start() as twin:
        for number, detail in enumerate(({}, {"poison": True}, {"raise": True})):
            twin.send(event(number=number, **detail))
            twin.settle()
        twin.send({**event(), "source": "elsewhere"})
        twin.settle()
        assert written(twin) == ["event-0"]
        assert kinds(twin) == ["effect", *["failed"] * 3, "dead letter", *["failed"] * 3, "dead letter", "unrouted"]
        assert [dead.reason for dead in twin.dead_letters()] == [
            "the function reported that it failed", "RuntimeError: no such thing (twin_handlers.py:19)",
        ]  # fmt: skip
        assert twin.ignored[0].reason == "no rule of the default bus takes it"


def test_deliveries_and_seed_multiply_and_shuffle(start: Start) -> None:
    orders = []
    for seed in (None, 7, 7):
        with start(seed=seed, deliveries=3) as twin:
            for number in range(4):
                twin.send(event(number=number))
            twin.settle()
            assert written(twin) == [f"event-{number}" for number in range(4)]
            orders.append([str(call) for call in twin.installation.functions] and [line.event for line in twin.trace])
            assert sum(len(line.effects) for line in twin.trace) == 12
    assert orders[1] == orders[2]


def test_a_call_that_is_not_granted_fails_the_twin(start: Start, template: dict[str, Any]) -> None:
    del template["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][1]
    with start() as twin:
        twin.send(event())
        with pytest.raises(NotGranted, match="dynamodb:PutItem"):
            twin.settle()
        assert written(twin) == []


def test_an_edge_that_is_not_granted_fails_the_start(start: Start, template: dict[str, Any]) -> None:
    del template["Resources"]["QueuePolicy"]
    with pytest.raises(NotGranted, match="sqs:SendMessage"), start():
        pass


def test_what_is_not_granted_can_be_listed_instead(start: Start, template: dict[str, Any]) -> None:
    del template["Resources"]["QueuePolicy"]
    with start(collect=True) as twin:
        twin.send(event())
        twin.settle()
        assert any("sqs:SendMessage" in str(error) for error in twin.denied)
        buried = twin.dead_letters()
        assert [dead.queue.rsplit(":", 1)[-1].split("-")[1] for dead in buried] == ["Undelivered"]
        assert json.loads(buried[0].body)["detail-type"] == "Thing"


def test_an_event_that_reaches_nobody_is_lost_and_said_to_be(start: Start, template: dict[str, Any]) -> None:
    del template["Resources"]["QueuePolicy"], template["Resources"]["UndeliveredPolicy"]
    with start(collect=True) as twin:
        twin.send(event())
        twin.settle()
        assert len(twin.lost) == 1
        assert kinds(twin)[-2:] == ["lost", "unrouted"] or kinds(twin)[-1] == "lost"


@pytest.mark.parametrize(
    ("path", "value"),
    [(("Own", "Properties", "State"), "DISABLED"), (("Mapping", "Properties", "Enabled"), False)],
    ids=["a rule", "a mapping"],
)
def test_what_is_switched_off_delivers_nothing(
    start: Start, template: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    part = template["Resources"]
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    with start() as twin:
        twin.send(event())
        twin.settle()
        assert written(twin) == []


def test_a_killed_function_is_tried_again(start: Start) -> None:
    with start() as twin:
        struck: list[Call] = []

        def strike(call: Call, moment: str) -> None:
            if not struck and moment == "after":
                struck.append(call)
                raise Killed("the lights went out")

        twin.gate.fault = strike
        twin.send(event())
        twin.settle()
        assert struck[0].operation == "PutItem"
        assert kinds(twin) == ["effect", "failed", "effect"] or kinds(twin) == ["effect", "effect"]
        assert written(twin) == ["event-0"]


def test_unused_grants_are_listed(start: Start) -> None:
    with start() as twin:
        before = {grant.statement for grant in twin.unused_grants()}
        twin.send(event())
        twin.settle()
        assert before - {grant.statement for grant in twin.unused_grants()} == {"Write"}


def test_an_operators_change_is_told_by_cloudtrail(start: Start, template: dict[str, Any]) -> None:
    template["Resources"]["Trail"] = rule(EventPattern={"detail-type": ["AWS API Call via CloudTrail"]})
    template["Resources"]["Own"]["Properties"]["State"] = "DISABLED"
    with start() as twin:
        twin.client("s3").delete_public_access_block(Bucket="ml-data")
        twin.client("s3").get_bucket_versioning(Bucket="ml-data")
        twin.settle()
        assert [line.event for line in twin.trace] == [
            "AWS API Call via CloudTrail DeleteBucketPublicAccessBlock ml-data"
        ]


def test_a_function_is_found_by_its_construct(start: Start) -> None:
    with start() as twin:
        assert twin.function("Judge").timeout_seconds == 30
        with pytest.raises(ConfigurationError, match="no function 'Jury', expected one of Judge"):
            twin.function("Jury")


def test_a_twin_leaves_nothing_behind(start: Start) -> None:
    for _ in range(2):
        with start() as twin:
            assert written(twin) == []
            twin.send(event())
            twin.settle()
            assert twin.events == 2
            assert twin.seconds > 0
