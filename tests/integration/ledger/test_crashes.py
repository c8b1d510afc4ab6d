"""Killed at any AWS call and delivered again, the ledger has every decision once, and each is announced."""

import json
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import pytest
from moto.dynamodb.models import DynamoDBBackend

from holdfast.ledger import outbox, publisher
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.logic import Author, verify
from holdfast.shared.errors import TransientError
from tests.conftest import REGION, TABLE, Context
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once
from tests.integration.ledger.test_adapter import add, bus, commit, outbox_items, start, stream_event

__all__ = ["bus"]
Queued = Callable[..., dict[str, Any]]
TIMER = {"detail-type": "Scheduled Event"}


def announced(queue: str) -> set[str]:
    """Give the decision ids that came over the bus, each however often."""
    sqs = boto3.client("sqs", REGION)
    heard: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        heard |= {json.loads(message["Body"])["detail"]["decision_id"] for message in messages}
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return heard


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("at", range(2))
def test_a_judge_killed_while_committing_records_once(
    ledger: Ledger, bus: str, context: Context, queued: Queued, at: int, moment: Moment
) -> None:
    kill_once(lambda: commit(ledger, add(1)), at=at, moment=moment)
    commit(ledger, add(1))
    commit(ledger, add(1))
    entries = list(ledger.entries("runs#model"))
    assert verify(entries)["runs#model"].sequence == 1
    assert len(outbox_items()) == 1
    outbox.lambda_handler(queued(TIMER), context)
    assert announced(bus) == {entries[0].decision_id}


def test_a_commit_takes_two_calls(ledger: Ledger) -> None:
    assert count_calls(lambda: commit(ledger, add(1))) == 2


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("at", range(6))
def test_a_publisher_killed_at_any_call_loses_no_announcement(
    ledger: Ledger, bus: str, context: Context, at: int, moment: Moment
) -> None:
    taken = {entry.decision_id for entry in (commit(ledger, add(number)) for number in range(3)) if entry is not None}
    event = stream_event(outbox_items())
    kill_once(lambda: publisher.lambda_handler(event, context), at=at, moment=moment)
    assert publisher.lambda_handler(event, context) == {"batchItemFailures": []}
    assert announced(bus) == taken
    assert outbox_items() == []


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("at", range(0, 14, 2))
def test_a_timer_killed_at_any_call_loses_no_announcement(
    ledger: Ledger, bus: str, context: Context, queued: Queued, at: int, moment: Moment
) -> None:
    taken = {entry.decision_id for entry in (commit(ledger, add(number)) for number in range(3)) if entry is not None}
    kill_once(lambda: outbox.lambda_handler(queued(TIMER), context), at=at, moment=moment)
    assert outbox.lambda_handler(queued(TIMER), context) == {"batchItemFailures": []}
    assert announced(bus) == taken
    assert outbox_items() == []


def test_the_same_item_by_stream_and_by_timer_is_announced_the_same(
    ledger: Ledger, bus: str, context: Context, queued: Queued
) -> None:
    commit(ledger, add(1))
    event = stream_event(outbox_items())
    outbox.lambda_handler(queued(TIMER), context)
    for _ in range(2):
        assert publisher.lambda_handler(event, context) == {"batchItemFailures": []}
    bodies = boto3.client("sqs", REGION).receive_message(QueueUrl=bus, MaxNumberOfMessages=10)["Messages"]
    assert len({json.dumps(json.loads(body["Body"])["detail"], sort_keys=True) for body in bodies}) == 1


def test_one_item_that_cannot_be_announced_holds_up_no_other(
    ledger: Ledger, bus: str, context: Context, queued: Queued
) -> None:
    taken = {entry.decision_id for entry in (commit(ledger, add(number)) for number in range(3)) if entry is not None}
    dynamodb = boto3.client("dynamodb", REGION)
    poison = {"pk": {"S": "outbox#0"}, "sk": {"S": "1999#poison"}}
    for damage in ({}, {"entry": {"S": "{"}}, {"entry": {"S": "{}"}}):
        dynamodb.put_item(TableName=TABLE, Item={**poison, **damage})
        answer = outbox.lambda_handler(queued(TIMER), context)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert [item["sk"] for item in outbox_items()] == [poison["sk"]]
    assert announced(bus) == taken


def test_many_at_once_start_one_run_and_lose_no_decision(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, one_at_a_time = DynamoDBBackend.transact_write_items, threading.Lock()

    def isolated(self: DynamoDBBackend, *items: Any, **named: Any) -> Any:
        with one_at_a_time:  # DynamoDB isolates transactions, moto does not
            return whole(self, *items, **named)

    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", isolated)
    rivals = [Ledger(boto3.client("dynamodb", REGION), TABLE, Author(f"rival-{n}", "manifest")) for n in range(4)]
    started: list[object] = []

    def work(number: int, rival: Ledger) -> None:
        started.append(commit(rival, start(number)))
        for own in range(3):
            persistently(partial(commit, rival, add(100 + 10 * number + own)))

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(rivals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = list(ledger.entries("runs#model"))
    assert len([one for one in started if one is not None]) <= 1
    assert {entry.body["number"] for entry in entries if entry.body["number"] >= 100} == {
        100 + 10 * number + own for number in range(4) for own in range(3)
    }
    assert verify(entries)["runs#model"].sequence == len(entries) == len(outbox_items())


def persistently(deliver: Callable[[], object]) -> None:
    """Deliver again as a queue does when it is asked to come back."""
    for _ in range(20):
        try:
            deliver()
        except TransientError:
            continue
        return
    raise AssertionError("never got through")
