"""Signs that a text file is not written as it is read: with another separator, or with commas in its numbers. Pure.

What is seen is told, and nothing is guessed: whether a batch means what it would seem to mean only its producer knows.
"""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from holdfast.batches.reading.limits import Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

MARKS = {";": "';'", "\t": "a tab", "|": "'|'"}
CUT = re.compile(r"[;\t|]")
DATUM = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?|\d{4}-\d\d-\d\d([ T].*)?")
COMMAS = r"^\s*[+-]?\d[\d.]*(,\d+)+(\.\d*)?\s*$"


def mark_in(header: str) -> str | None:
    """Find what may separate the fields of a header that is read as one."""
    return max((mark for mark in MARKS if mark in header), key=header.count, default=None)


def check_separated(names: Sequence[str], known: Collection[str]) -> None:
    """Raise `Unreadable` if a file's only column is several of those known; a name may hold what it likes otherwise."""
    name = names[0] if len(names) == 1 else ""
    if (mark := mark_in(name)) is None or name in known:
        return
    pieces = [piece.strip(' "') for piece in name.split(mark)]
    if 2 * sum(piece in known for piece in pieces) >= len(pieces):
        raise Unreadable(f"1 column, with {MARKS[mark]} {len(pieces) - 1} times in its name: {asked(mark)}")


def check_header(names: Collection[str], known: Collection[str]) -> None:
    """Raise `Unreadable` if a first row is data: none of it is known, and it holds a number or a date."""
    if not known or any(name in known for name in names):
        return
    if has_datum(names):
        said = f"none of the {len(names)} names in its first row is known, and some are numbers or dates"
        raise Unreadable(f"{said}: a header is missing")


def has_datum(names: Collection[str]) -> bool:
    """Tell whether some of a first row are numbers or dates, so that it may be data, of which nothing is told."""
    return any(DATUM.fullmatch(piece.strip(' "')) for name in names for piece in CUT.split(name))


def asked(mark: str) -> str:
    """Ask whether this is the separator, and say what is expected."""
    return f"is it separated by {MARKS[mark]}? a comma is expected, and a point in decimals"


def with_commas(values: "pa.Array") -> "pa.Array":
    """Tell which texts are numbers but for the commas in them."""
    import pyarrow.compute as pc  # slow to load, and of no use to Parquet

    return pc.fill_null(pc.match_substring_regex(values, COMMAS), False)
