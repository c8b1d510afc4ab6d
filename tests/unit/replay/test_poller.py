import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import boto3
import pytest
import time_machine

from holdfast.shared.errors import IntegrityError
from holdfast_console.replay.matcher import Pattern
from holdfast_console.replay.poller import Outcome, QueuePoller, StreamPoller, failures
from holdfast_console.replay.queues import Queues
from holdfast_console.replay.site import EventSource

REGION, ACCOUNT = "eu-west-1", "123456789012"
QUEUE, DEAD = (f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}" for name in ("inbox", "dead"))
Handle = Callable[[dict[str, Any]], Any]


def source(arn: str = QUEUE, **changes: Any) -> EventSource:
    settings: dict[str, Any] = {
        "source": arn,
        "function": "arn:function",
        "enabled": True,
        "batch_size": 10,
        "filters": (),
        "reports_failures": True,
        "bisects": False,
        "most_retries": -1,
        "on_failure": None,
    }
    return EventSource(**{**settings, **changes})


class Function:
    """A function under test, and what it was given."""

    def __init__(self, handle: Handle = lambda _: None) -> None:
        self.handle = handle
        self.events: list[dict[str, Any]] = []

    def __call__(self, source: EventSource, event: dict[str, Any]) -> Outcome:
        self.events.append(event)
        try:
            return Outcome(self.handle(event), None)
        except ValueError as error:
            return Outcome(None, f"ValueError: {error}")

    @property
    def bodies(self) -> list[list[str]]:
        return [[record["body"] for record in event["Records"]] for event in self.events]


@pytest.fixture
def queues(aws: None) -> Iterator[Queues]:
    sqs = boto3.client("sqs", REGION)
    for name in ("inbox", "dead"):
        sqs.create_queue(QueueName=name)
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False):
        yield Queues(ACCOUNT, {QUEUE: (DEAD, 5)})


def play(poller: QueuePoller | StreamPoller) -> None:
    for _ in range(200):
        if not poller.poll():
            return
    raise AssertionError("never quiet")


def poller(queues: Queues, function: Function, lost: list[str] | None = None, **changes: Any) -> QueuePoller:
    said = [] if lost is None else lost
    return QueuePoller(source(**changes), queues, function, lambda _place, body, _reason: said.append(body))


def test_a_batch_is_what_a_queue_hands_to_lambda(queues: Queues) -> None:
    function = Function()
    boto3.client("sqs", REGION).send_message(
        QueueUrl=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/inbox", MessageBody="a",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}},
    )  # fmt: skip
    play(poller(queues, function))
    record = function.events[0]["Records"][0]
    assert (record["eventSource"], record["eventSourceARN"], record["body"]) == ("aws:sqs", QUEUE, "a")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"] == str(int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000))
    assert record["messageAttributes"]["kind"]["stringValue"] == "x"


def test_batches_have_the_size_of_the_mapping(queues: Queues) -> None:
    function = Function()
    for number in range(5):
        queues.send(QUEUE, str(number))
    play(poller(queues, function, batch_size=2))
    assert function.bodies == [["0", "1"], ["2", "3"], ["4"]]


def test_what_fails_comes_again_alone_and_is_dead_after_five_receives(queues: Queues) -> None:
    def handle(event: dict[str, Any]) -> Any:
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "poison"]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    function = Function(handle)
    for body in ("good", "poison", "better"):
        queues.send(QUEUE, body)
    play(poller(queues, function))
    counts = [
        record["attributes"]["ApproximateReceiveCount"]
        for event in function.events
        for record in event["Records"]
        if record["body"] == "poison"
    ]
    assert function.bodies == [["good", "poison", "better"], *[["poison"]] * 4]
    assert counts == ["1", "2", "3", "4", "5"]
    assert [(dead.queue, dead.body, dead.receives) for dead in queues.dead] == [(DEAD, "poison", 5)]
    messages = boto3.client("sqs", REGION).receive_message(
        QueueUrl=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/dead"
    )["Messages"]
    assert [message["Body"] for message in messages] == ["poison"], "boto3 sees the dead letter too"


def test_a_handler_that_raises_fails_its_batch_and_says_why(queues: Queues) -> None:
    def handle(event: dict[str, Any]) -> Any:
        raise ValueError("no settings")

    for body in "ab":
        queues.send(QUEUE, body)
    play(poller(queues, Function(handle)))
    assert [(dead.body, dead.reason) for dead in queues.dead] == [
        ("a", "ValueError: no settings"),
        ("b", "ValueError: no settings"),
    ]


def test_what_no_filter_takes_is_deleted_and_said_to_be(queues: Queues) -> None:
    function, lost = Function(), []  # type: ignore[var-annotated]
    for kind in "xy":
        queues.send(QUEUE, json.dumps({"kind": kind}))
    play(poller(queues, function, lost, filters=(Pattern.parse({"body": {"kind": ["x"]}}),)))
    assert function.bodies == [['{"kind": "x"}']]
    assert lost == ['{"kind": "y"}']


def test_a_message_that_never_leaves_is_an_error(queues: Queues) -> None:
    endless = Queues(ACCOUNT, {})
    endless.send(QUEUE, "a")
    with pytest.raises(IntegrityError, match="no dead-letter queue"):
        play(poller(endless, Function(lambda _: {"batchItemFailures": [{"itemIdentifier": ""}]})))


def test_a_seed_shuffles_the_same_way_every_time(queues: Queues) -> None:
    orders = []
    for seed in (1, 1, 2):
        shuffled, function = Queues(ACCOUNT, {}, random=Random(seed)), Function()
        for number in range(20):
            shuffled.send(QUEUE, str(number))
        play(poller(shuffled, function, batch_size=20))
        orders.append(function.bodies[0])
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0], key=int) == [str(number) for number in range(20)] != orders[0]


def test_a_delayed_message_waits_and_says_until_when(queues: Queues) -> None:
    due: list[datetime] = []
    queues.on_delay = due.append
    boto3.client("sqs", REGION).send_message(
        QueueUrl=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/inbox", MessageBody="later", DelaySeconds=60
    )
    assert queues.depth(QUEUE) == 0
    assert due == [datetime(2026, 3, 2, 0, 1, tzinfo=UTC)]
    with time_machine.travel(due[0] + timedelta(seconds=1), tick=False):
        assert queues.depth(QUEUE) == 1


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()), ({}, set()), ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": "stranger"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": ["a"]}, {"a", "b"}),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_lambda_reads_it(answer: Any, failed: set[str]) -> None:
    assert failures(Outcome(answer, None), ["a", "b"], reports=True) == failed


def test_without_reporting_an_answer_means_nothing() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert failures(Outcome(answer, None), ["a", "b"], reports=False) == set()
    assert failures(Outcome(None, "it raised"), ["a", "b"], reports=False) == {"a", "b"}


@pytest.fixture
def stream(queues: Queues) -> str:
    table = boto3.client("dynamodb", REGION).create_table(
        TableName="ledger", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )  # fmt: skip
    return str(table["TableDescription"]["LatestStreamArn"])


def write(*keys: str) -> None:
    for key in keys:
        boto3.client("dynamodb", REGION).put_item(TableName="ledger", Item={"pk": {"S": key}, "number": {"N": "1"}})


def keys(function: Function) -> list[list[str]]:
    return [[record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]] for event in function.events]


def test_a_stream_is_read_in_order_and_only_what_the_filter_takes(queues: Queues, stream: str) -> None:
    function = Function()
    only = Pattern.parse({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "outbox#"}]}}}})
    poller = StreamPoller(source(stream, batch_size=3, filters=(only,)), queues, function, account=ACCOUNT)
    write("outbox#1", "head", "outbox#2", "outbox#1", "outbox#3")
    play(poller)
    record = function.events[0]["Records"][0]
    assert keys(function) == [["outbox#1", "outbox#2"], ["outbox#3"]]
    assert (record["eventName"], record["eventSourceARN"]) == ("INSERT", stream)
    assert record["dynamodb"]["NewImage"] == {"pk": {"S": "outbox#1"}, "number": {"N": "1"}}


def test_a_stream_goes_on_from_the_record_that_failed(queues: Queues, stream: str) -> None:
    attempts: list[str] = []

    def handle(event: dict[str, Any]) -> Any:
        for record in event["Records"]:
            key = record["dynamodb"]["Keys"]["pk"]["S"]
            attempts.append(key)
            if key == "b" and attempts.count("b") < 3:
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return None

    write("a", "b", "c")
    play(StreamPoller(source(stream), queues, Function(handle), account=ACCOUNT))
    assert attempts == ["a", "b", "b", "b", "c"]


def test_what_fails_too_often_goes_to_the_failure_queue_and_the_rest_goes_on(queues: Queues, stream: str) -> None:
    done: list[str] = []

    def handle(event: dict[str, Any]) -> Any:
        names = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
        if "poison" in names:
            raise ValueError("cannot be read")
        done.extend(names)

    write("a", "poison", "b", "c")
    settings = {"most_retries": 4, "bisects": True, "on_failure": DEAD}
    play(StreamPoller(source(stream, **settings), queues, Function(handle), account=ACCOUNT))
    assert done == ["a", "b", "c"]
    assert [json.loads(dead.body)["DDBStreamBatchInfo"]["batchSize"] for dead in queues.dead] == [1]
    assert json.loads(queues.dead[0].body)["requestContext"]["condition"] == "RetryAttemptsExhausted"
