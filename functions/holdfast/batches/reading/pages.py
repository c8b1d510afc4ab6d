"""The page headers of a Parquet file: what Arrow will allocate, which the footer may understate.

Only sizes are read, by the compact protocol of Apache Thrift; the pages themselves are passed over.
"""

from collections.abc import Iterator

import pyarrow as pa

from holdfast.shared.errors import ContractError

UNPACKED, PACKED = 2, 3
STEPS = (512, 1 << 16, 1 << 24)
DEEPEST = 16
STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
INTEGERS = frozenset({4, 5, 6})


class MalformedPageError(ContractError):
    """A page header is none: the producer must act."""


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
        reader = _Compact(data)
        try:
            sizes = reader.page()
        except IndexError:
            if len(data) < size:
                break
            continue
        return reader.at, *sizes
    raise MalformedPageError(f"the page header at byte {start} does not end")


class _Compact:
    """A cursor over Thrift's compact protocol; `IndexError` says that the bytes ended."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data

    def page(self) -> tuple[int, int]:
        """Read a page header, and give its packed and its unpacked size."""
        sizes = {PACKED: -1, UNPACKED: -1}
        for field, kind in self._fields():
            if field in sizes and kind in INTEGERS:
                sizes[field] = self._integer()
            else:
                self._skip(kind, 0)
        return sizes[PACKED], sizes[UNPACKED]

    def _fields(self) -> Iterator[tuple[int, int]]:
        field = 0
        while (head := self._byte()) != STOP:
            step = head >> 4
            field = field + step if step else self._integer()
            yield field, head & 15

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise MalformedPageError("a page header holds a number of more than 64 bits")

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _pass(self, size: int) -> None:
        self.at += size
        if self.at > len(self._data):
            raise IndexError

    def _skip(self, kind: int, depth: int) -> None:
        if depth > DEEPEST:
            raise MalformedPageError("a page header is nested too deeply")
        if kind in INTEGERS:
            self._varint()
        elif kind in (BYTE, DOUBLE):
            self._pass(1 if kind == BYTE else 8)
        elif kind == BINARY:
            self._pass(self._varint())
        elif kind == STRUCT:
            for _, inner in self._fields():
                self._skip(inner, depth + 1)
        elif kind in (LIST, SET):
            self._items(depth)
        elif kind not in (TRUE, FALSE):
            raise MalformedPageError(f"a page header holds a field of type {kind}")

    def _items(self, depth: int) -> None:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        for _ in range(count):
            kind = head & 15
            self._skip(BYTE if kind in (TRUE, FALSE) else kind, depth + 1)
