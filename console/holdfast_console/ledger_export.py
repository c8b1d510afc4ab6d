"""Read a ledger export, trusting nothing in it."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import Link, verify
from holdfast.shared.canonical import canonical, read
from holdfast.shared.contract import explained
from holdfast.shared.errors import ConfigurationError, ContractError, IntegrityError


@dataclass(slots=True)
class Export:
    """What an export holds: entries by stream, and heads and decisions where it is one of the whole table."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    heads: dict[str, Link] = field(default_factory=dict)
    decisions: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Count the entries."""
        return sum(len(entries) for entries in self.entries.values())


def load(path: Path) -> Export:
    """Read JSON lines of entries, or DynamoDB's own export (a folder or its `.json.gz` files)."""
    files = sorted(found for found in path.rglob("*") if _is_data(found)) if path.is_dir() else [path]
    if not files:
        raise ConfigurationError(f"{path}: no .jsonl, .json or .json.gz file below it, expected a ledger export")
    export = Export()
    for file in files:
        for number, line in _lines(file):
            _take(line, f"{file}:{number}", export)
    if not export.count and not export.heads:
        raise ConfigurationError(f"{path}: holds no ledger entry, expected a ledger export")
    for entries in export.entries.values():
        entries.sort(key=lambda entry: entry.sequence)
    return export


def prove(export: Export) -> dict[str, Link]:
    """Prove every stream unbroken and, where the export has them, complete up to its head; else `IntegrityError`."""
    ends = verify(entry for stream in sorted(export.entries) for entry in export.entries[stream])
    for stream, head in sorted(export.heads.items()):
        end = ends.get(stream, Link())
        if end != head:
            raise IntegrityError(
                f"{stream} ends at entry {end.sequence}, its head says {head.sequence}: {head.hash[:12]}"
            )
    if export.heads and (headless := sorted(ends.keys() - export.heads.keys())):
        raise IntegrityError(f"{headless[0]} has entries and no head")
    for decision, (stream, sequence) in sorted(export.decisions.items()):
        held = export.entries.get(stream, [])
        if sequence > len(held) or held[sequence - 1].decision_id != decision:
            raise IntegrityError(f"{stream} entry {sequence}: is not decision {decision[:12]}, which says so")
    return ends


def _is_data(path: Path) -> bool:
    return (
        path.is_file()
        and path.name.endswith((".jsonl", ".json", ".json.gz", ".jsonl.gz"))
        and "manifest" not in path.name
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with _opened(path) as file:
            yield from ((number, line.rstrip("\n")) for number, line in enumerate(file, 1) if line.strip())
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, EOFError, zlib.error) as error:
        raise IntegrityError(f"{path}: is damaged: {error}") from error


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _take(line: str, where: str, export: Export) -> None:
    value = _parsed(line, where)
    if not isinstance(value, dict):
        raise IntegrityError(f"{where}: is not an object")
    if "Item" not in value:
        return _keep(line, where, export)
    item = value["Item"]
    try:
        partition, sort = item["pk"]["S"], item["sk"]["S"]
        if sort.startswith("entry#"):
            _keep(item["entry"]["S"], where, export)
        elif sort == "head":
            export.heads[partition.removeprefix("stream#")] = Link(int(item["sequence"]["N"]), item["hash"]["S"])
        elif sort == "decision":
            export.decisions[partition.removeprefix("decision#")] = (item["stream"]["S"], int(item["sequence"]["N"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IntegrityError(f"{where}: is not an item of the ledger's table") from error
    return None


def _keep(text: str, where: str, export: Export) -> None:
    raw = _parsed(text, where)
    try:
        entry = Entry.model_validate(raw)
    except ValidationError as error:
        raise IntegrityError(f"{where}: is not an entry: {explained(error)}") from error
    if _canonical(entry.model_dump(mode="json"), where) != text.encode():
        raise IntegrityError(
            f"{where}: entry {entry.sequence} of {entry.stream} is not written as the ledger writes it"
        )
    export.entries.setdefault(entry.stream, []).append(entry)


def _canonical(value: Any, where: str) -> bytes:
    try:
        return canonical(value)
    except ContractError as error:
        raise IntegrityError(f"{where}: {error}") from error


def _parsed(text: str, where: str) -> Any:
    try:
        return read(text)
    except ContractError as error:
        raise IntegrityError(f"{where}: {error}") from error
