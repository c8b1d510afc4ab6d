"""Event source mappings: batches from queues and streams to functions, with filters, partial failures and retries."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from holdfast.shared.errors import IntegrityError
from holdfast_console.replay.queues import Queues, Waiting
from holdfast_console.replay.site import EventSource

MOST_RECEIVES = 25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one invocation came to: the function's answer, or the error that Lambda reports of it."""

    answer: Any
    error: str | None
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why single records failed, by their identifiers."""


Invoke = Callable[[EventSource, dict[str, Any]], Outcome]
Report = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class QueuePoller:
    """Takes batches from one queue to one function; each message succeeds, comes again, or is dead in the end."""

    source: EventSource
    queues: Queues
    invoke: Invoke
    lost: Report

    def poll(self) -> int:
        """Play one batch and give how many messages it held."""
        batch = self.queues.receive(self.source.source, self.source.batch_size)
        wanted = [message for message in batch if self._passes(message)]
        for message in batch:
            if message not in wanted:
                self.lost(self.source.source, message.body, "no filter of the mapping takes it, so Lambda deleted it")
        if wanted:
            self._play(wanted)
        return len(batch)

    def _play(self, batch: list[Waiting]) -> None:
        event = {"Records": [_queue_record(message, self.source.source) for message in batch]}
        outcome = self.invoke(self.source, event)
        failed = failures(outcome, [message.id for message in batch], reports=self.source.reports_failures)
        for message in batch:
            if message.id in failed:
                reason = outcome.error or outcome.reasons.get(message.id, "the function reported that it failed")
                if not self.queues.fail(self.source.source, message, reason) and message.receives >= MOST_RECEIVES:
                    raise IntegrityError(
                        f"{self.source.source} has no dead-letter queue, and a message of it fails for ever: {reason}"
                    )

    def _passes(self, message: Waiting) -> bool:
        if not self.source.filters:
            return True
        record = {**_queue_record(message, self.source.source), "body": _parsed(message.body)}
        return any(pattern.matches(record) for pattern in self.source.filters)


class StreamPoller:
    """Takes batches from a table's stream to one function, in order; what fails too often goes to the failure queue."""

    def __init__(
        self, source: EventSource, queues: Queues, invoke: Invoke, *, account: str, deliveries: int = 1
    ) -> None:
        self._source, self._queues, self._invoke, self._account = source, queues, invoke, account
        self._deliveries = deliveries
        self._position = 0

    def poll(self) -> int:
        """Play one batch and give how many records it held."""
        whole = self._table().stream_shard.items[self._position : self._position + self._source.batch_size]
        if not whole:
            return 0
        records = [_stream_record(item.record, self._source.source) for item in whole]
        wanted = [record for record in records if self._passes(record)]
        for _ in range(self._deliveries):
            self._play(wanted, self._source.most_retries)
        self._position += len(whole)
        return len(whole)

    def _play(self, batch: list[dict[str, Any]], retries: int) -> None:
        """Invoke until the batch is done; halve it if it may be, and give up what fails after the last retry."""
        invocations = 0
        while batch:
            outcome = self._invoke(self._source, {"Records": batch})
            invocations += 1
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            failed = failures(outcome, numbers, reports=self._source.reports_failures)
            if not failed:
                return
            batch = batch[min(numbers.index(number) for number in failed) :]
            if retries == 0:
                reason = outcome.error or outcome.reasons.get(numbers[0], "the function reported that it failed")
                self._give_up(batch, invocations, reason)
                return
            if invocations > MOST_RECEIVES:
                raise IntegrityError(
                    f"{self._source.source}: a record fails for ever: {outcome.error or 'reported failed'}"
                )
            retries -= 1
            if self._source.bisects and len(batch) > 1:
                middle = len(batch) // 2
                self._play(batch[:middle], retries)
                batch = batch[middle:]

    def _give_up(self, batch: list[dict[str, Any]], invocations: int, reason: str) -> None:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        told = {
            "requestContext": {
                "functionArn": self._source.function,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": invocations,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "DDBStreamBatchInfo": {
                "shardId": self._table().stream_shard.id,
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "batchSize": len(batch),
                "streamArn": self._source.source,
            },
        }
        if self._source.on_failure is None:
            raise IntegrityError(
                f"{self._source.source}: {len(batch)} records failed and no queue takes them: {reason}"
            )
        self._queues.bury(self._source.on_failure, json.dumps(told), reason, {})

    def _passes(self, record: dict[str, Any]) -> bool:
        return not self._source.filters or any(pattern.matches(record) for pattern in self._source.filters)

    def _table(self) -> Any:
        parts = self._source.source.split(":")
        return dynamodb_backends[self._account][parts[3]].tables[self._source.source.split("/")[1]]


def failures(outcome: Outcome, identifiers: list[str], *, reports: bool) -> set[str]:
    """Tell which of a batch failed, as Lambda reads a function's answer: what it cannot read is a failure of all."""
    if outcome.error is not None:
        return set(identifiers)
    if not reports or not outcome.answer or not outcome.answer.get("batchItemFailures"):
        return set()
    named = [
        each.get("itemIdentifier") if isinstance(each, dict) else None for each in outcome.answer["batchItemFailures"]
    ]
    known = {name for name in named if name in identifiers}
    return known if len(known) == len(set(named)) else set(identifiers)


def _queue_record(message: Waiting, arn: str) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": f"{message.id}#{message.receives}",
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(message.sent_ms),
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": str(message.first_received_ms),
        },
        "messageAttributes": {name: _attribute(value) for name, value in (message.attributes or {}).items()},
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def _attribute(value: dict[str, str]) -> dict[str, Any]:
    return {
        "dataType": value.get("DataType", "String"), "stringValue": value.get("StringValue"), "stringListValues": [],
        "binaryListValues": [],
    }  # fmt: skip


def _stream_record(record: dict[str, Any], arn: str) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].timestamp())
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": arn.split(":")[3],
        "dynamodb": change,
        "eventSourceARN": arn,
    }


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
