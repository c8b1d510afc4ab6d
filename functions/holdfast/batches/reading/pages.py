"""The page headers of a Parquet file: what Arrow will allocate, which the footer may understate.

Only sizes are read, by the compact protocol of Apache Thrift; the pages themselves are passed over.
"""

from collections.abc import Iterator

import pyarrow as pa

from holdfast.batches.reading.limits import MalformedPageError

__all__ = ["MalformedPageError", "page_sizes"]

UNPACKED, PACKED = 2, 3
STEPS = (512, 1 << 16, 1 << 24)
DEEPEST = 16
STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
INTEGERS, FLAGS = frozenset({4, 5, 6}), frozenset({TRUE, FALSE})


def page_sizes(file: pa.NativeFile, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the packed and unpacked bytes of each page of a column chunk."""
    while start < end:
        length, packed, unpacked = _header(file, start)
        if packed < 0 or unpacked < 0:
            raise MalformedPageError(f"a page declares {packed} bytes that unpack to {unpacked}")
        yield packed, unpacked
        start += length + packed


def _header(file: pa.NativeFile, start: int) -> tuple[int, int, int]:
    for size in STEPS:
        data = file.read_at(size, start)
        try:
            return _read(data)
        except IndexError:
            if len(data) < size:
                break
    raise MalformedPageError(f"the page header at byte {start} does not end")


def _read(data: bytes) -> tuple[int, int, int]:
    """Give the length of a page header, and the packed and the unpacked size in it; `IndexError` if the bytes end.

    There are thousands of pages in a file, so this is one loop over a place in the bytes, and so is what it calls.
    """
    at = field = 0
    packed = unpacked = -1
    while (head := data[at]) != STOP:
        at += 1
        kind, step = head & 15, head >> 4
        if step:
            field += step
        else:
            field, at = _integer(data, at)
        if field == PACKED and kind in INTEGERS:
            packed, at = _integer(data, at)
        elif field == UNPACKED and kind in INTEGERS:
            unpacked, at = _integer(data, at)
        else:
            at = _behind(data, at, kind, 0)
    return at + 1, packed, unpacked


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while (byte := data[at]) > 127:
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if shift > 63:
            raise MalformedPageError("a page header holds a number of more than 64 bits")
    return value | byte << shift, at + 1


def _integer(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _behind(data: bytes, at: int, kind: int, depth: int) -> int:
    """Give the place behind a value that is not asked for."""
    if depth > DEEPEST:
        raise MalformedPageError("a page header is nested too deeply")
    if kind in INTEGERS:
        return at + 1 if data[at] < 128 else _varint(data, at)[1]
    if kind in FLAGS:
        return at
    if kind == BINARY:
        size, at = _varint(data, at)
        return _within(data, at + size)
    if kind in (BYTE, DOUBLE):
        return _within(data, at + (1 if kind == BYTE else 8))
    if kind == STRUCT:
        while (head := data[at]) != STOP:
            at = _behind(data, at + 1 if head >> 4 else _varint(data, at + 1)[1], head & 15, depth + 1)
        return at + 1
    if kind in (LIST, SET):
        return _behind_items(data, at, depth)
    raise MalformedPageError(f"a page header holds a field of type {kind}")


def _within(data: bytes, at: int) -> int:
    if at > len(data):
        raise IndexError
    return at


def _behind_items(data: bytes, at: int, depth: int) -> int:
    head = data[at]
    count, at = (head >> 4, at + 1) if head >> 4 < 15 else _varint(data, at + 1)
    kind = BYTE if head & 15 in FLAGS else head & 15
    for _ in range(count):
        at = _behind(data, at, kind, depth + 1)
    return at
