"""What a format of files is: the record that each file of `formats/` exports, and how a source is told its own.

Nothing here imports Arrow: event contracts read the suffixes, and should cost nothing.
"""

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from holdfast.batches import formats
from holdfast.batches.reading.limits import BeyondLimits, Limits, Unreadable
from holdfast.shared.catalogue import discover

if TYPE_CHECKING:
    import pyarrow as pa

GZIP, GZIP_SUFFIX = b"\x1f\x8b", ".gz"
ENCRYPTED = b"PARE"
HEAD_BYTES = 64
FOREIGN = {
    b"PAR1": "Parquet", b"PK\x03\x04": "a zip archive", b"ARROW1": "Arrow IPC",
    b"ORC": "ORC", b"Obj\x01": "Avro", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ": "xz",
    b"\xff\xfe": "text in UTF-16 or UTF-32", b"\xfe\xff": "text in UTF-16",
    b"\x89HDF": "HDF5", b"\x93NUMPY": "a numpy array", b"\x80\x04": "a pickle", b"\x80\x05": "a pickle",
}  # fmt: skip


class Text(Protocol):
    """Unpacked bytes of a text file, `unpacked` so far, counted as they are read; `head` and `tail` are their ends."""

    head: bytes
    tail: bytes
    unpacked: int

    def read(self, size: int) -> bytes:
        """Give the next bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the suffixes that promise it, how its content begins, and how its rows are read if it has rows.

    `rows(text, limits)` gives tables as they stand in the file, text as text, with the columns' paths as names; a
    format without it can be read a column at a time. In one that `leaves_out` columns, a part may lack some.
    """

    id: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]
    rows: "Callable[[Text, Limits], Iterator[Raw]] | None" = None
    leaves_out: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """Some rows of a text file: a column for each path, as it stands there, and the bytes they take."""

    rows: int
    columns: "dict[tuple[str, ...], pa.Array[Any]]"
    size: int


@cache
def catalogue() -> dict[str, Format]:
    """Find every format once."""
    return discover(formats, Format)


def suffixes() -> tuple[str, ...]:
    """Give every suffix that promises a table, those of columns before those of text."""
    formats_ = sorted(catalogue().values(), key=lambda known: known.rows is not None)
    return tuple(suffix for known in formats_ for suffix in known.suffixes)


def promised(name: str) -> Format | None:
    """Give the format that a name promises."""
    name = name.lower()
    return next((known for known in catalogue().values() if name.endswith(known.suffixes)), None)


def format_of(name: str, head: bytes) -> Format:
    """Give the format of a file by its name, else by its first bytes; bytes without a name are Parquet.

    Raises `Unreadable` if the content is not what the name promises, `BeyondLimits` if it is none that is read here.
    """
    if head.startswith(ENCRYPTED) and not _is_text(head):
        raise BeyondLimits("it is encrypted Parquet, and the key is not here")
    known = promised(name) or _begun(head)
    if known is None and name:
        raise BeyondLimits(f"its content is {_content(head) or 'of a kind not read here'}: expected {_expected()}")
    if known is None or known.rows is None:
        return catalogue()["parquet"]
    is_packed, wanted = head.startswith(GZIP), name.lower().endswith(GZIP_SUFFIX)
    if is_packed != wanted or (not wanted and _content(head)):
        got = "gzip" if is_packed else _content(head) or "not gzip"
        raise Unreadable(f"its name promises {name[name.rfind('.') :][:20]!r}, its content is {got}")
    return known


def _begun(head: bytes) -> Format | None:
    return next((known for known in catalogue().values() if known.begins(head)), None)


def _content(head: bytes) -> str | None:
    return None if _is_text(head) else next((name for magic, name in FOREIGN.items() if head.startswith(magic)), None)


def _is_text(head: bytes) -> bool:
    """Tell whether a file begins with text: a column may be called ORCID, PAR1 or PARENT."""
    try:
        found = getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(letter < " " and letter not in "\t\r\n" for letter in found)


def _expected() -> str:
    return ", ".join(suffixes())
