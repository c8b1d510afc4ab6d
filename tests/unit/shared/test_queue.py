"""One message at a time, each failing alone."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch.exceptions import UnexpectedBatchTypeError

from holdfast.shared.errors import TransientError
from holdfast.shared.queue import Message, each_message
from tests.conftest import Context

Queued = Callable[..., dict[str, Any]]


def handler(seen: list[Message]) -> Callable[..., dict[str, Any]]:
    """Make a handler that keeps what it saw and fails on request."""

    @each_message(Logger(service="test", level="CRITICAL"))
    def handle(message: Message, context: object) -> None:
        if message.body.get("fail"):
            raise TransientError("later")
        seen.append(message)

    return handle


def test_only_the_messages_that_failed_come_again(queued: Queued, context: Context) -> None:
    seen: list[Message] = []
    answer = handler(seen)(queued({"n": 1}, {"fail": True}, {"n": 3}), context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert [message.body["n"] for message in seen] == [1, 3]


def test_a_batch_that_failed_whole_is_reported_whole(queued: Queued, context: Context) -> None:
    answer = handler([])(queued({"fail": True}, {"fail": True}), context)
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["message-0", "message-1"]


def test_what_is_not_a_json_object_fails_alone(queued: Queued, context: Context) -> None:
    seen: list[Message] = []
    bodies = ["not json", "[1]", '{"n": NaN}', "[" * 100_000, '{"n": 1e400}', {"n": 6}]
    answer = handler(seen)(queued(*bodies), context)
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == [f"message-{n}" for n in range(5)]
    assert [message.body for message in seen] == [{"n": 6}]


def test_the_test_event_of_s3_is_acknowledged(queued: Queued, context: Context) -> None:
    seen: list[Message] = []
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "ml-data"}
    assert handler(seen)(queued(event), context) == {"batchItemFailures": []}
    assert seen == []


@pytest.mark.parametrize("lacking", ["body", "attributes"])
def test_a_record_without_its_parts_fails_alone(queued: Queued, context: Context, lacking: str) -> None:
    seen: list[Message] = []
    event = queued({"n": 0}, {"n": 1})
    del event["Records"][0][lacking]
    assert handler(seen)(event, context) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert [message.body for message in seen] == [{"n": 1}]


def test_a_record_that_cannot_be_named_fails_the_whole_batch(queued: Queued, context: Context) -> None:
    event = queued({"n": 0}, {"n": 1})
    del event["Records"][0]["messageId"]
    with pytest.raises(KeyError, match="messageId"):
        handler([])(event, context)


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"Records": None}, [], "text", {"source": "aws.s3"}], ids=repr)
def test_what_no_queue_delivered_is_never_taken_for_done(event: Any, context: Context) -> None:
    with pytest.raises((UnexpectedBatchTypeError, ValueError)):
        handler([])(event, context)
