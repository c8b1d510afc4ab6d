"""Prove DynamoDB's own export of the ledger's table: every item, in whatever order they come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from holdfast.ledger.keys import (
    DECISION,
    DECISION_PREFIX,
    ENTRY_PREFIX,
    HEAD,
    OPEN_PREFIX,
    OUTBOX_PREFIX,
    STREAM_PREFIX,
    decision_key,
    entry_sort,
    open_place,
    outbox_key,
    stream_key,
)
from holdfast.ledger.logic import Link, Mark, broken, chained
from holdfast.shared.errors import IntegrityError
from holdfast_console.ledger_lines import Line, mark_of, parsed

Place = tuple[str, int]


@dataclass(slots=True)
class Table:
    """What the items of the table say of each other."""

    marks: dict[str, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[str, Link] = field(default_factory=dict)
    pointers: dict[str, Place] = field(default_factory=dict)
    waiting: list[Mark] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)

    def take(self, line: Line) -> None:
        """Sort one item in, or raise `IntegrityError` if the ledger writes no such item."""
        try:
            item = parsed(line.text, line.where)["Item"]
            partition, sort = item["pk"]["S"], item["sk"]["S"]
            if partition.startswith(STREAM_PREFIX) and sort == HEAD:
                self.heads[partition.removeprefix(STREAM_PREFIX)] = Link(_number(item), item["hash"]["S"])
            elif partition.startswith(DECISION_PREFIX) and sort == DECISION:
                self.pointers[partition.removeprefix(DECISION_PREFIX)] = (item["stream"]["S"], _number(item))
            elif partition.startswith(OPEN_PREFIX):
                self.noted.append(_noted(partition, sort, item.get("subject", item["sk"])["S"], line.where))
            elif partition.startswith((STREAM_PREFIX, OUTBOX_PREFIX)):
                self._keep(mark_of(item["entry"]["S"].encode(), line.where), partition, sort)
            else:
                raise IntegrityError(f"{line.where}: {partition!r} is no place in the ledger's table")
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise IntegrityError(f"{line.where}: is not an item of the ledger's table") from error

    def _keep(self, mark: Mark, partition: str, sort: str) -> None:
        if sort.startswith(ENTRY_PREFIX):
            if (partition, sort) != (stream_key(mark.stream), entry_sort(mark.sequence)):
                raise broken(mark, f"stands at {partition} {sort}, where another belongs")
            self.marks[mark.stream].append(mark)
        elif partition == outbox_key(mark.decision_id) and sort.endswith(f"#{mark.decision_id}"):
            self.waiting.append(mark)
        else:
            raise broken(mark, f"stands at {partition} {sort}, where no entry belongs")


def prove_table(lines: Iterable[Line]) -> dict[str, Link]:
    """Prove every stream unbroken and complete up to its head, and every decision to be on record exactly once."""
    table = Table()
    for line in lines:
        table.take(line)
    for marks in table.marks.values():
        marks.sort(key=lambda mark: mark.sequence)
    ends = chained(mark for stream in sorted(table.marks) for mark in table.marks[stream])
    _compare_heads(ends, table.heads)
    _compare_pointers(table.marks, table.pointers)
    if lost := sorted(set(table.noted) - table.marks.keys()):
        raise IntegrityError(f"{lost[0]} is noted as open and has no entries")
    for waiting in table.waiting:
        if waiting not in table.marks.get(waiting.stream, [])[waiting.sequence - 1 : waiting.sequence]:
            raise broken(waiting, "waits in the outbox and is not on record")
    return ends


def _noted(partition: str, sort: str, subject: str, where: str) -> str:
    """Name the stream that a note says is open: what it says can be made anew, so only its place is proved."""
    stream = f"{partition.split('#')[1]}#{subject}"
    if open_place(stream) != (partition, sort):
        raise IntegrityError(f"{where}: {stream} is noted at {partition}, where another belongs")
    return stream


def _compare_heads(ends: dict[str, Link], heads: dict[str, Link]) -> None:
    for stream in sorted(ends.keys() | heads.keys()):
        end, head = ends.get(stream, Link()), heads.get(stream)
        if head is None:
            raise IntegrityError(f"{stream} has entries and no head")
        if end != head:
            said = f"ends at entry {end.sequence}, its head says {head.sequence}"
            raise IntegrityError(f"{stream} {said}: {head.hash[:12]}")


def _compare_pointers(marks: dict[str, list[Mark]], pointers: dict[str, Place]) -> None:
    unused = dict(pointers)
    for mark in (mark for stream in sorted(marks) for mark in marks[stream]):
        said = unused.pop(mark.decision_id, None)
        if said != (mark.stream, mark.sequence):
            where = "nowhere" if said is None else f"at entry {said[1]} of {said[0]}"
            raise broken(mark, f"its decision is on record {where} ({decision_key(mark.decision_id)[:21]})")
    for decision, (stream, sequence) in sorted(unused.items()):
        raise IntegrityError(f"{stream} entry {sequence}: is not decision {decision[:12]}, which says so")


def _number(item: dict[str, Any]) -> int:
    text: str = item["sequence"]["N"]
    if not text.isascii() or str(int(text)) != text:
        raise ValueError(f"{text[:40]!r} is not how a number is written")
    return int(text)
