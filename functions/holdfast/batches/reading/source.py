"""What is read: a name, which tells the format, and where the bytes are.

Bytes or a path may stand for themselves: a path is named by its file, and bytes without a name are Parquet.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from holdfast.shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A file under its name or key: `.csv.gz` at its end says how it is read; the bytes, or the local file of them."""

    name: str
    data: bytes | Path


Source = bytes | Path | NamedSource


def named(source: Source) -> NamedSource:
    """Give a source its name: a file's own, and none to bare bytes."""
    if isinstance(source, NamedSource):
        return source
    return NamedSource("" if isinstance(source, bytes) else source.name, source)


def opened(source: Source) -> pa.NativeFile:
    """Open bytes or a local file; raises `ConfigurationError` if there is none to read."""
    data = named(source).data
    if isinstance(data, bytes):
        return pa.BufferReader(data)
    try:
        return pa.OSFile(str(data))
    except OSError as error:
        raise ConfigurationError(f"{data} cannot be opened: {str(error)[:160]}") from error
