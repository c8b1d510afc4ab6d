"""Read the lines of a ledger export and prove each entry by itself, trusting nothing in it."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic import ValidationError

from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import UNSEALED, Mark, broken, digest_of_line
from holdfast.shared.canonical import canonical, recall
from holdfast.shared.contract import explained
from holdfast.shared.errors import ConfigurationError, ContractError, IntegrityError

DATA = (".jsonl", ".json", ".json.gz", ".jsonl.gz")
DYNAMODB_OWN = frozenset({"manifest-files.json", "manifest-summary.json"})
MOST_LINE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an export, and where it stands."""

    file: Path
    number: int
    text: bytes

    @property
    def where(self) -> str:
        """Say where the line stands."""
        return f"{self.file}:{self.number}"


def lines_below(path: Path) -> Iterator[Line]:
    """Read every line of an export, whichever files it is in."""
    files = sorted(found for found in path.rglob("*") if _is_data(found)) if path.is_dir() else [path]
    if not files:
        raise ConfigurationError(f"{path}: no {', '.join(DATA)} file below it, expected a ledger export")
    for file in files:
        yield from _lines(file)


def _is_data(path: Path) -> bool:
    return path.is_file() and path.name.endswith(DATA) and path.name not in DYNAMODB_OWN


def _lines(path: Path) -> Iterator[Line]:
    try:
        with _opened(path) as file:
            number = 0
            while text := file.readline(MOST_LINE_BYTES + 1):
                number += 1
                if len(text) > MOST_LINE_BYTES:
                    raise IntegrityError(f"{path}:{number}: is longer than {MOST_LINE_BYTES} bytes")
                if text.strip():
                    yield Line(path, number, text.rstrip(b"\r\n"))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise IntegrityError(f"{path}: is damaged: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror or error}") from error


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def mark_of(text: bytes, where: str) -> Mark:
    """Prove that a text is an entry exactly as the ledger writes it, sealed by its own hash."""
    try:
        entry = Entry.model_validate(parsed(text, where))
    except ValidationError as error:
        raise IntegrityError(f"{where}: is not an entry: {explained(error)}") from error
    mark = Mark(sys.intern(entry.stream), entry.sequence, entry.previous, entry.hash, entry.decision_id)
    if _rewritten(entry, where) != text:
        raise broken(mark, "is not written as the ledger writes it")
    if digest_of_line(text, entry.hash) != entry.hash:
        raise broken(mark, UNSEALED)
    return mark


def parsed(text: bytes, where: str) -> Any:
    """Read JSON, or raise `IntegrityError` saying where there is none."""
    try:
        return recall(text)
    except ContractError as error:
        raise IntegrityError(f"{where}: {error}") from error


def _rewritten(entry: Entry, where: str) -> bytes:
    try:
        return canonical({**entry.model_dump(mode="json", exclude={"body"}), "body": entry.body})
    except ContractError as error:
        raise IntegrityError(f"{where}: {error}") from error
