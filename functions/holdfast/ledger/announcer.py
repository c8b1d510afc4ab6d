"""Put what the outbox holds on the bus, and take it out of the outbox once the bus has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from holdfast.ledger.contract import SOURCE, Announcement, Entry, PublisherSettings
from holdfast.ledger.keys import OUTBOX_PREFIX, OUTBOX_SHARDS
from holdfast.ledger.logic import reread
from holdfast.shared.canonical import canonical
from holdfast.shared.clients import client, translate
from holdfast.shared.errors import TransientError

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that waits in the outbox to be announced."""

    key: Item
    entry: Entry

    @classmethod
    def parse(cls, item: Item) -> "Pending":
        """Read an outbox item."""
        entry = reread(item.get("entry", {}).get("S", ""), where=f"outbox item {item['sk']['S']}")
        return cls({"pk": item["pk"], "sk": item["sk"]}, entry)


class Announcer:
    """Announce entries on the ledger's bus, at least once each."""

    def __init__(self, dynamodb: Any, events: Any, settings: PublisherSettings) -> None:
        self._dynamodb = dynamodb
        self._events = events
        self._settings = settings

    @classmethod
    def connect(cls, settings: PublisherSettings) -> "Announcer":
        """Open the outbox and the bus these settings name."""
        return cls(client("dynamodb"), client("events"), settings)

    def announce(self, pending: Pending) -> None:
        """Put one entry on the bus, then remove its outbox item; raises `TransientError` if the bus did not take it."""
        entry = pending.entry
        line = {
            "EventBusName": self._settings.bus,
            "Source": SOURCE,
            "DetailType": entry.kind,
            "Time": entry.recorded_at,
            "Detail": canonical(Announcement.of(entry).model_dump(mode="json")).decode(),
        }
        try:
            answer = self._events.put_events(Entries=[line])
            if answer["FailedEntryCount"]:
                failed = answer["Entries"][0]
                raise TransientError(
                    f"the bus refused {entry.decision_id}: {failed.get('ErrorCode')} {failed.get('ErrorMessage')}"
                )
            self._dynamodb.delete_item(TableName=self._settings.ledger_table, Key=pending.key)
        except ClientError as error:
            raise translate(error, f"announcing {entry.kind!r} {entry.decision_id}") from error

    def waiting(self, *, since: datetime, patience: timedelta) -> Iterator[Item]:
        """Find the items that have waited in the outbox longer than `patience`."""
        latest = (since - patience).isoformat()
        paginator = self._dynamodb.get_paginator("query")
        for shard in range(OUTBOX_SHARDS):
            pages = paginator.paginate(
                TableName=self._settings.ledger_table,
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk AND sk < :latest",
                ExpressionAttributeValues={":pk": {"S": f"{OUTBOX_PREFIX}{shard}"}, ":latest": {"S": latest}},
            )
            try:
                for page in pages:
                    yield from page["Items"]
            except ClientError as error:
                raise translate(error, f"reading outbox {shard}") from error
