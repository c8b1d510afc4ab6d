"""JSON lines, plain or gzipped: one object a line, UTF-8. `NaN` and `Infinity` are read as what they say.

A key twice in an object, or a column that is a number here and a text there, is refused, as Arrow does. What Arrow
would not survive (deep nesting, very many keys) is stopped before it gets there.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from holdfast.batches.reading.format import Format, Raw, Text
from holdfast.batches.reading.limits import BeyondLimits, Limits, Unreadable, at_most

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 22
LONGEST_LINE = 1 << 24
DEEPEST = 64
MOST_KEYS = 100_000
MOST_CELLS = 1 << 23
BOM = b"\xef\xbb\xbf"
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
OPEN, CLOSE = frozenset(b"{["), frozenset(b"}]")
IN_ROW = re.compile(r" in row \d+")


def rows(text: Text, limits: Limits) -> Iterator[Raw]:
    """Read the objects of some lines at a time, as Arrow types them; raises `Unreadable` or `BeyondLimits`."""
    import pyarrow as pa

    texts: dict[str, pa.DataType] = {}
    lines, found = 0, False
    for block in _blocks(text):
        _check_text(block)
        for some, count in _portions(block, lines):
            found, lines = True, lines + count
            yield _read(some, count, texts, limits)
    if not found:
        raise Unreadable("it is empty: not one line is there")


def _blocks(text: Text) -> Iterator[bytes]:
    """Give whole lines, as many as there are in a block."""
    rest, is_first = b"", True
    while data := text.read(BLOCK):
        data = rest + data
        if is_first:
            data, is_first = data.removeprefix(BOM), False
        end = data.rfind(b"\n") + 1
        if len(data) - end > LONGEST_LINE:
            raise BeyondLimits(f"a line takes more than {LONGEST_LINE} bytes")
        rest = data[end:]
        if end:
            yield data[:end]
    if rest:
        yield rest


def _check_text(block: bytes) -> None:
    """Refuse what is not UTF-8, at which Arrow does not look."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("it is no text in UTF-8") from error


def _portions(block: bytes, lines: int) -> Iterator[tuple[bytes, int]]:
    """Cut lines into portions that cannot grow: objects times keys are what Arrow allocates.

    A key needs a colon, so colons are counted; a nesting needs a bracket, so a line without many cannot be deep.
    """
    import numpy as np

    data = np.frombuffer(block, np.uint8)
    breaks = (np.flatnonzero(data == ord("\n")) + 1).tolist()
    ends = breaks if block.endswith(b"\n") else [*breaks, len(block)]
    starts = [0, *ends[:-1]]
    filled = np.ones(len(ends), np.bool_)
    for at in np.flatnonzero(data[starts] != ord("{")).tolist():
        start = block[starts[at] : ends[at]].lstrip(b" \t\r\n")
        filled[at] = bool(start)
        if start and not start.startswith(b"{"):
            raise Unreadable(f"line {lines + int(filled[:at].sum()) + 1} is no object")
    for at in np.flatnonzero(_each(data, ends, b"{[") > DEEPEST).tolist():
        _check_depth(block[starts[at] : ends[at]])
    colons = np.concatenate([[0], np.cumsum(_each(data, ends, b":"))])
    at = 0
    while at < len(ends):
        size = int(np.searchsorted(colons, colons[at] + MOST_KEYS, side="right")) - 1 - at
        if size < 1:
            raise BeyondLimits(f"a line holds more than {MOST_KEYS} colons")
        while size > 1 and size * int(colons[min(at + size, len(ends))] - colons[at]) > MOST_CELLS:
            size //= 2
        count = int(filled[at : at + size].sum())
        if count:
            yield block[starts[at] : ends[at + size - 1]], count
        at += size


def _each(data: Any, ends: Any, wanted: bytes) -> Any:
    """Count, for each line, the bytes that are one of these."""
    import numpy as np

    hits = np.concatenate([np.flatnonzero(data == byte) for byte in wanted])
    return np.bincount(np.searchsorted(ends, hits, side="right"), minlength=len(ends))


def _check_depth(line: bytes) -> None:
    depth = 0
    for byte in STRINGS.sub(b"", line):
        depth += (byte in OPEN) - (byte in CLOSE)
        if depth > DEEPEST:
            raise BeyondLimits(f"an object is nested more than {DEEPEST} deep")


def _read(lines: bytes, count: int, texts: "dict[str, pa.DataType]", limits: Limits) -> Raw:
    """Read lines; a text that looks like a time is read again as the text it is."""
    import pyarrow as pa

    table = _parsed(lines, texts)
    if guessed := [field for field in table.schema if _has_time(field.type)]:
        texts.update({field.name: _untimed(field.type) for field in guessed})
        table = _parsed(lines, texts)
    table = _exact(table, lines, texts)
    at_most("columns", table.num_columns, limits.columns)
    if table.num_rows != count:
        raise Unreadable(f"{count} lines hold {table.num_rows} objects, expected one a line")
    columns: dict[tuple[str, ...], pa.Array] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        _spread((name,), column.combine_chunks(), columns)
    at_most("columns", len(columns), limits.columns)
    return Raw(count, columns, len(lines))


def _parsed(lines: bytes, texts: "dict[str, pa.DataType]") -> "pa.Table":
    import pyarrow as pa
    import pyarrow.json as arrow

    options = arrow.ParseOptions(explicit_schema=pa.schema(texts.items()) if texts else None)
    reading = arrow.ReadOptions(block_size=max(len(lines), 1) + 1, use_threads=False)
    try:
        return arrow.read_json(pa.BufferReader(lines), read_options=reading, parse_options=options)
    except pa.ArrowInvalid as error:
        raise Unreadable(IN_ROW.sub("", str(error))[:160]) from error


def _exact(table: "pa.Table", lines: bytes, texts: "dict[str, pa.DataType]") -> "pa.Table":
    """Read again what Arrow rounded to floats though integers without a sign hold it, such as 2**64 - 1."""
    known = dict(texts)
    for name in table.column_names:
        values = table[name].combine_chunks()
        if name not in texts and _is_huge(values):
            with suppress(Unreadable):
                exact = known | {name: _unsigned(values)}
                table, known = _parsed(lines, exact), exact
    return table


def _is_huge(values: "pa.Array") -> bool:
    import pyarrow as pa

    if pa.types.is_struct(values.type):
        return any(map(_is_huge, values.flatten()))
    if not pa.types.is_float64(values.type) or values.null_count == len(values):
        return False
    found = values.drop_null().to_numpy()
    return bool(found.min() >= 0 and 2.0**63 <= found.max() <= 2.0**64)


def _unsigned(values: "pa.Array") -> "pa.DataType":
    import pyarrow as pa

    if not pa.types.is_struct(values.type):
        return pa.uint64()
    fields = zip(values.type, values.flatten(), strict=True)
    return pa.struct([(field.name, _unsigned(inner)) for field, inner in fields if _is_huge(inner)])


def _has_time(data_type: "pa.DataType") -> bool:
    import pyarrow as pa

    inner = [data_type.field(at).type for at in range(data_type.num_fields)]
    return pa.types.is_timestamp(data_type) or any(map(_has_time, inner))


def _untimed(data_type: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    if pa.types.is_timestamp(data_type):
        return pa.string()
    if pa.types.is_list(data_type):
        return pa.list_(_untimed(data_type.value_type))
    if pa.types.is_struct(data_type):
        return pa.struct([(field.name, _untimed(field.type)) for field in data_type if _has_time(field.type)])
    return data_type


def _spread(path: tuple[str, ...], values: "pa.Array", columns: "dict[tuple[str, ...], pa.Array]") -> None:
    """Lay out the leaves of an object; a list is one, and an object without keys none."""
    import pyarrow as pa

    if pa.types.is_struct(values.type):
        for field, inner in zip(values.type, values.flatten(), strict=True):
            _spread((*path, field.name), inner, columns)
    else:
        columns[path] = values


FORMAT = Format(
    id="json_lines",
    suffixes=(".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"),
    begins=lambda head: head.removeprefix(BOM).lstrip().startswith(b"{"),
    rows=rows,
    leaves_out=True,
)
