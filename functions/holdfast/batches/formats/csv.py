"""CSV (RFC 4180), plain or gzipped: UTF-8, a header, commas; a field may hold line breaks in quotes.

An empty field without quotes is missing, one with quotes is an empty text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from holdfast.batches.reading.format import Format, Raw, Text
from holdfast.batches.reading.limits import BeyondLimits, Limits, Unreadable, at_most
from holdfast.batches.reading.separator import MARKS, asked, has_datum, mark_in

if TYPE_CHECKING:
    import pyarrow.csv as arrow

BLOCK = 1 << 21
STRADDLES = "straddles two block boundaries"
EMPTY, NOT_TEXT = "Empty CSV file", "UTF8"
RAGGED = re.compile(r"CSV parse error: (?:Row #(\d+): )?Expected (\d+) columns, got (\d+)")


def rows(text: Text, limits: Limits) -> Iterator[Raw]:
    """Read all fields as text, a block of rows at a time; raises `Unreadable` or `BeyondLimits`."""
    import pyarrow as pa

    names: list[tuple[str, ...]] = []
    last: str | None = None
    try:
        for batch in _opened(text, limits):
            block = batch
            if not names and block.num_rows:
                names = _header(block.slice(0, 1), limits)
                block = block.slice(1)
            if block.num_rows:
                last = block.columns[-1][-1].as_py()
            yield Raw(block.num_rows, dict(zip(names, block.columns, strict=True)), block.nbytes)
    except pa.ArrowInvalid as error:
        raise _refusal(str(error), text) from error
    if last is not None and "\n" in last and not text.tail.rstrip(b"\r\n").endswith(b'"'):
        raise Unreadable("a quote is opened and never closed")


def _opened(text: Text, limits: Limits) -> "arrow.CSVStreamingReader":
    """Open the rows; the header is read as one, since Arrow would not say if a name stands there twice."""
    import pyarrow as pa
    import pyarrow.csv as arrow

    as_text = {f"f{at}": pa.string() for at in range(limits.columns)}
    return arrow.open_csv(
        pa.PythonFile(text, mode="r"),
        read_options=arrow.ReadOptions(block_size=BLOCK, use_threads=False, autogenerate_column_names=True),
        parse_options=arrow.ParseOptions(newlines_in_values=True),
        convert_options=arrow.ConvertOptions(
            column_types=as_text, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def _header(row: "arrow.RecordBatch", limits: Limits) -> list[tuple[str, ...]]:
    at_most("columns", row.num_columns, limits.columns)
    names = [column[0].as_py() or "" for column in row.columns]
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if all(map(_is_number, names)) and names != [str(at) for at in range(len(names))]:
        raise Unreadable("its first row holds nothing but numbers: a header is missing")
    if doubled and has_datum(names):
        raise Unreadable("two columns have one name, and some names are numbers or dates: is a header missing?")
    if doubled:
        raise Unreadable(f"two columns are named {doubled[0][:60]!r}")
    return [(name,) for name in names]


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _refusal(message: str, text: Text) -> Exception:
    """Say what is wrong without a word of the data, which Arrow quotes."""
    if found := RAGGED.match(message):
        row, wanted, got = found.groups()
        mark = mark_in(text.head.splitlines()[0].decode("utf-8", "replace")) if wanted == "1" and text.head else None
        hint = "" if mark is None else f" with {MARKS[mark]} in it: {asked(mark)}"
        return Unreadable(f"row {row or '?'} has {got} fields, the header {wanted}{hint}")
    if STRADDLES in message or (EMPTY in message and text.unpacked >= BLOCK and text.tail.strip()):
        return BeyondLimits(f"a row takes more than {BLOCK} bytes, or a quote is opened and never closed")
    if EMPTY in message:
        return Unreadable("it is empty: not even a header is there")
    return Unreadable("it is no text in UTF-8" if NOT_TEXT in message else "it cannot be read as CSV")


FORMAT = Format(id="csv", suffixes=(".csv", ".csv.gz"), begins=lambda _: False, rows=rows)
