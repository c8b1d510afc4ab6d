"""Recorded events, told apart by their shape: through which door would each have come?"""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from holdfast_console.replay import trail

NOT_OURS = "it is of no shape that reaches this app"
READ_ONLY = "a call that only reads reaches no rule that does not ask for all management events"


class Way(Enum):
    """A door, or the reason why there is none."""

    BUS = "the default bus"
    TIMER = "every timer"
    QUEUE = "the judge's queue"
    NONE = NOT_OURS
    UNSEEN = READ_ONLY


def doors(event: Mapping[str, Any]) -> Iterator[tuple[Way, dict[str, Any]]]:
    """Take an event apart and give each part with its door."""
    if "detail-type" in event:
        ticked = event.get("source") == "aws.events" and event["detail-type"] == "Scheduled Event"
        yield (Way.TIMER if ticked else Way.BUS), dict(event)
    elif "eventSource" in event and "eventName" in event and "s3" not in event:
        yield (Way.UNSEEN if trail.is_read(event) else Way.BUS), trail.wrapped(event)
    elif event.get("Event") == "s3:TestEvent":
        yield Way.QUEUE, dict(event)
    elif isinstance(records := event.get("Records"), list) and records:
        yield from _records(records)
    else:
        yield Way.NONE, dict(event)


def _records(records: list[Any]) -> Iterator[tuple[Way, dict[str, Any]]]:
    for record in records:
        if not isinstance(record, dict):
            yield Way.NONE, {"Records": [record]}
        elif "s3" in record:
            yield Way.QUEUE, {"Records": [record]}
        elif record.get("eventSource") == "aws:sqs":
            yield from _within(record.get("body"), record)
        elif isinstance(record.get("Sns"), dict):
            yield from _within(record["Sns"].get("Message"), record)
        else:
            yield from doors(record)


def _within(text: Any, record: dict[str, Any]) -> Iterator[tuple[Way, dict[str, Any]]]:
    inner = parsed(text)
    if isinstance(inner, dict):
        yield from doors(inner)
    else:
        yield Way.NONE, record


def parsed(text: Any) -> Any:
    """Read a message as JSON, or give it as it is."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def identifier_of(record: Mapping[str, Any]) -> str:
    """Give the name by which a function reports that a record failed."""
    return str(record.get("messageId") or record["dynamodb"]["SequenceNumber"])


def body_of(record: Mapping[str, Any]) -> Any:
    """Give what a record carries: a queue's message, or the change of a table."""
    if "body" in record:
        return parsed(record["body"])
    return {"Event": f"{record['eventName']} in {record['dynamodb']['Keys'].get('pk', {}).get('S', 'the table')}"}
