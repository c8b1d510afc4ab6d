"""The bytes of a text file as they are read: unpacked, counted against the limits, and stopped when time is up."""

from types import TracebackType
from typing import Self

import pyarrow as pa

from holdfast.batches.reading.format import GZIP_SUFFIX
from holdfast.batches.reading.limits import BeyondLimits, Expired, Limits, in_time
from holdfast.batches.reading.source import NamedSource, opened

HEAD_BYTES, TAIL_BYTES = 1024, 16


class TextStream:
    """A text file, unpacked if its name ends in `.gz`; a bomb is refused where it begins to hurt."""

    closed = False

    def __init__(self, source: NamedSource, limits: Limits, expired: Expired) -> None:
        self.head = self.tail = b""
        self._file = opened(source)
        self._packed = self._file.size()
        self._is_packed = source.name.lower().endswith(GZIP_SUFFIX)
        self._stream = pa.CompressedInputStream(self._file, "gzip") if self._is_packed else self._file
        self._limits, self._expired = limits, expired
        self.unpacked = 0

    def __enter__(self) -> Self:
        """Read from the start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, none at the end; raises `BeyondLimits` if there are too many."""
        in_time(self._expired)
        data: bytes = self._stream.read(size)
        self.unpacked += len(data)
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + data[:HEAD_BYTES])[:HEAD_BYTES]
        self.tail = (self.tail + data[-TAIL_BYTES:])[-TAIL_BYTES:]
        if self.unpacked > self._limits.text_bytes:
            raise BeyondLimits(f"more than {self._limits.text_bytes} bytes of text")
        if self._is_packed and self.unpacked > max(
            self._limits.ratio_from_bytes, self._limits.text_ratio * self._packed
        ):
            raise BeyondLimits(
                f"{self._packed} bytes unpack to more than {self.unpacked}, "
                f"expected at most {self._limits.text_ratio} times as many"
            )
        return data

    def readable(self) -> bool:
        """Tell Arrow that it may read."""
        return True

    def writable(self) -> bool:
        """Tell Arrow that it may not write."""
        return False

    def seekable(self) -> bool:
        """Tell Arrow that it may not go back."""
        return False

    def close(self) -> None:
        """Stay open: whoever opened the file closes it."""
