"""The ledger in DynamoDB: one table, one transaction an entry."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from pydantic import ValidationError

from holdfast.ledger.contract import Cause, Decision, Entry, Fold, LedgerSettings, State
from holdfast.ledger.keys import (
    DECISION,
    ENTRY_PREFIX,
    HEAD,
    OPEN_SHARDS,
    decision_key,
    entry_sort,
    open_key,
    open_place,
    outbox_key,
    stream_key,
)
from holdfast.ledger.logic import Author, Link, append, refold, reread, snapshot
from holdfast.manifest import Manifest
from holdfast.shared.canonical import canonical, read
from holdfast.shared.clients import client, code_of, translate
from holdfast.shared.contract import explained
from holdfast.shared.errors import ContractError, IntegrityError, TransientError

ATTEMPTS = 8
POINTER = 0
EVERY_SHARD = range(OPEN_SHARDS)
FIRST_PAUSE_SECONDS = 0.02
Item = dict[str, Any]


class Ledger:
    """Commit decisions to streams and read them back."""

    def __init__(self, dynamodb: Any, table: str, author: Author) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._author = author

    @classmethod
    def connect(cls, settings: LedgerSettings) -> "Ledger":
        """Open the ledger these settings name, writing in the name of this function and its manifest."""
        manifest = Manifest.load(settings.manifest)
        return cls(client("dynamodb"), settings.ledger_table, Author(settings.actor, manifest.digest))

    def commit(
        self, stream: str, fold: Fold[State], decide: Callable[[State], Decision | None], *, cause: Cause, now: datetime
    ) -> Entry | None:
        """Decide on the stream's present state and record it, all or nothing; `None` if there was nothing new.

        On a conflict the state is read **and decided** again: two judges that both see "no run in flight" cannot both
        start one. Raises `TransientError` when the stream stays contended.
        """
        for attempt in range(ATTEMPTS):
            link, state = self._head(stream, fold)
            decision = decide(state)
            if decision is None:
                return None
            entry = append(decision, stream=stream, after=link, author=self._author, cause=cause, now=now)
            lost = self._write(entry, fold, state, fold.evolve(state, entry), after=link)
            if lost is None:
                return entry
            if lost == "decided":
                return None
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311 - jitter, not a secret
        raise TransientError(f"stream {stream} was contended {ATTEMPTS} times in a row: try again later")

    def state(self, stream: str, fold: Fold[State]) -> State:
        """Read where a stream stands, consistently."""
        return self._head(stream, fold)[1]

    def entry(self, decision_id: str) -> Entry | None:
        """Read the entry of a decision, consistently; `None` if no such decision was taken."""
        pointer = self._get(decision_key(decision_id), DECISION)
        if pointer is None:
            return None
        item = self._get(stream_key(pointer["stream"]["S"]), entry_sort(int(pointer["sequence"]["N"])))
        if item is None:
            raise IntegrityError(f"decision {decision_id} points at {pointer['stream']['S']}, where its entry is gone")
        if (entry := _parse(item)).decision_id != decision_id:
            raise IntegrityError(f"decision {decision_id} points at the entry of decision {entry.decision_id}")
        return entry

    def entries(self, stream: str) -> Iterator[Entry]:
        """Read a stream from its first entry on, consistently."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :entry)",
            ExpressionAttributeValues={":pk": {"S": stream_key(stream)}, ":entry": {"S": ENTRY_PREFIX}},
        )
        try:
            for page in pages:
                yield from (_parse(item) for item in page["Items"])
        except ClientError as error:
            raise translate(error, f"reading stream {stream}") from error

    def latest(self, stream: str, most: int) -> list[Entry]:
        """Read the last entries of a stream, the newest first, consistently, and no more than so many."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            ScanIndexForward=False,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :entry)",
            ExpressionAttributeValues={":pk": {"S": stream_key(stream)}, ":entry": {"S": ENTRY_PREFIX}},
            PaginationConfig={"MaxItems": most, "PageSize": most},
        )
        try:
            return [_parse(item) for page in pages for item in page["Items"]]
        except ClientError as error:
            raise translate(error, f"reading the end of stream {stream}") from error

    def open_subjects(self, domain: str, beginning: str = "", *, shards: Iterable[int] = EVERY_SHARD) -> Iterator[str]:
        """Name the subjects of a domain in whose streams something is open, consistently, and part by part."""
        for shard in shards:
            pages = self._dynamodb.get_paginator("query").paginate(
                TableName=self._table,
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :beginning)" if beginning else ""),
                ExpressionAttributeValues={
                    ":pk": {"S": open_key(domain, shard)}, **({":beginning": {"S": beginning}} if beginning else {}),
                },
            )  # fmt: skip
            try:
                for page in pages:
                    yield from (item.get("subject", item["sk"])["S"] for item in page["Items"])
            except ClientError as error:
                raise translate(error, f"reading what {domain} has open") from error

    def _head(self, stream: str, fold: Fold[State]) -> tuple[Link, State]:
        head = self._get(stream_key(stream), HEAD)
        if head is None:
            return Link(), fold.state()
        link = Link(int(head["sequence"]["N"]), head["hash"]["S"])
        if int(head["state_version"]["N"]) != fold.version:
            return link, self._refolded(stream, fold, link)
        try:
            return link, fold.state.model_validate(read(head["state"]["S"]))
        except ValidationError as error:
            raise IntegrityError(f"the head of {stream} does not hold its state: {explained(error)}") from error
        except ContractError as error:
            raise IntegrityError(f"the head of {stream} does not hold its state: {error}") from error

    def _refolded(self, stream: str, fold: Fold[State], link: Link) -> State:
        entries = [entry for entry in self.entries(stream) if entry.sequence <= link.sequence]
        if len(entries) != link.sequence:
            raise IntegrityError(f"{stream} holds {len(entries)} entries, its head says {link.sequence}")
        return refold(entries, fold)

    def _get(self, partition: str, sort: str) -> Item | None:
        try:
            answer = self._dynamodb.get_item(
                TableName=self._table, Key={"pk": {"S": partition}, "sk": {"S": sort}}, ConsistentRead=True
            )
        except ClientError as error:
            raise translate(error, f"reading {partition}") from error
        found: Item | None = answer.get("Item")
        return found

    def _write(self, entry: Entry, fold: Fold[State], before: State, state: State, *, after: Link) -> str | None:
        """Write the items; say `conflict` if the head moved, `decided` if the decision is on record already."""
        text = canonical(entry.model_dump(mode="json")).decode()
        pk, number = stream_key(entry.stream), str(entry.sequence)
        head = {
            "pk": {"S": pk},
            "sk": {"S": HEAD},
            "sequence": {"N": number},
            "hash": {"S": entry.hash},
            "state": {"S": snapshot(state, stream=entry.stream)},
            "state_version": {"N": str(fold.version)},
        }
        pointer = {
            "pk": {"S": decision_key(entry.decision_id)},
            "sk": {"S": DECISION},
            "stream": {"S": entry.stream},
            "sequence": {"N": number},
        }
        line = {"pk": {"S": pk}, "sk": {"S": entry_sort(entry.sequence)}, "entry": {"S": text}}
        outbox = {
            "pk": {"S": outbox_key(entry.decision_id)},
            "sk": {"S": f"{entry.recorded_at.isoformat()}#{entry.decision_id}"},
            "entry": {"S": text},
        }
        absent = "attribute_not_exists(pk)"
        unmoved: Item = {"ConditionExpression": absent}
        if after.sequence:
            unmoved = {
                "ConditionExpression": "#sequence = :sequence AND #hash = :hash",
                "ExpressionAttributeNames": {"#sequence": "sequence", "#hash": "hash"},
                "ExpressionAttributeValues": {":sequence": {"N": str(after.sequence)}, ":hash": {"S": after.hash}},
            }
        puts: list[Item] = [
            {"Item": pointer, "ConditionExpression": absent},
            {"Item": line, "ConditionExpression": absent},
            {"Item": head, **unmoved},
            {"Item": outbox},
        ]
        written = [{"Put": {"TableName": self._table, **put}} for put in puts]
        try:
            self._dynamodb.transact_write_items(
                TransactItems=[*written, *_opening(self._table, entry.stream, fold, before, state)]
            )
        except ClientError as error:
            return _lost(error, entry)
        return None


def _opening(table: str, stream: str, fold: Fold[State], before: State, state: State) -> Iterator[Item]:
    """Note a stream in which something is now open, or take the note away when nothing is any more."""
    if fold.is_open is None or fold.is_open(before) == fold.is_open(state):
        return
    pk, sk = open_place(stream)
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    if fold.is_open(state):
        subject = stream.partition("#")[2]
        whole = {} if sk == subject else {"subject": {"S": subject}}
        yield {"Put": {"TableName": table, "Item": key | whole}}
    else:
        yield {"Delete": {"TableName": table, "Key": key}}


def _lost(error: ClientError, entry: Entry) -> str:
    if code_of(error) != "TransactionCanceledException":
        raise translate(error, f"committing {entry.kind!r} to {entry.stream}") from error
    codes = [str(reason.get("Code")) for reason in error.response.get("CancellationReasons", [])]
    failed = {at for at, code in enumerate(codes) if code == "ConditionalCheckFailed"}
    if failed == {POINTER}:
        return "decided"
    if failed or "TransactionConflict" in codes:
        return "conflict"
    if "ThrottlingError" in codes or "ProvisionedThroughputExceeded" in codes:
        raise TransientError(f"the ledger is throttled while committing to {entry.stream}") from error
    raise translate(error, f"committing {entry.kind!r} to {entry.stream}") from error


def _parse(item: Item) -> Entry:
    return reread(item.get("entry", {}).get("S", ""), where=f"{item['pk']['S']} {item['sk']['S']}")
