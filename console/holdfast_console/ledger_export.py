"""Prove a ledger export, whichever of its two forms it has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from holdfast.ledger.logic import Link, chained
from holdfast.shared.errors import ConfigurationError
from holdfast_console.ledger_lines import Line, lines_below, mark_of, parsed
from holdfast_console.ledger_table import prove_table


@dataclass(frozen=True, slots=True)
class Proof:
    """What an unbroken export holds."""

    entries: int
    ends: dict[str, Link]
    heads_compared: bool


def prove(path: Path, watched: Callable[[Iterable[Line]], Iterable[Line]] = iter) -> Proof:
    """Prove JSON lines of entries, or DynamoDB's own export of the table (its folder, or one of its files).

    Raises `IntegrityError` naming the first entry that does not hold.
    """
    lines = iter(watched(lines_below(path)))
    first = next(lines, None)
    if first is None:
        raise ConfigurationError(f"{path}: holds no ledger entry, expected a ledger export")
    everything, is_table = chain([first], lines), _is_item(first)
    ends = prove_table(everything) if is_table else chained(mark_of(line.text, line.where) for line in everything)
    return Proof(sum(end.sequence for end in ends.values()), ends, heads_compared=is_table)


def _is_item(line: Line) -> bool:
    value = parsed(line.text, line.where)
    return isinstance(value, dict) and "Item" in value
