"""A JSON header and 64-bit arrays as one small file: no pickle, and the same bytes for the same content."""

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from holdfast.shared.canonical import canonical
from holdfast.shared.errors import IntegrityError

MAGIC = b"HOLDFAST"
VERSION, VERSIONS = 2, (1, 2)
PREAMBLE = struct.Struct("<8sHHIQQ")
ITEM = 8
LARGEST, LARGEST_TEXT = 1 << 30, 1 << 26
DENSE, RATIO = 1 << 26, 100
ZSTD, PLAIN = 0, 1
LEVEL = 9
Array = NDArray[Any]


def pack(header: dict[str, Any], arrays: Sequence[Array]) -> bytes:
    """Write a header and arrays; bytes of equal weight stand together, which compresses well."""
    text = canonical({"header": header, "arrays": [[array.dtype.kind, len(array)] for array in arrays]})
    body = b"".join([text, *(_shuffled(array) for array in arrays)])
    compressed: bytes = pa.Codec("zstd", compression_level=LEVEL).compress(body, asbytes=True)
    is_fit = len(body) <= _most(len(compressed))
    preamble = PREAMBLE.pack(MAGIC, VERSION, ZSTD if is_fit else PLAIN, zlib.crc32(body), len(text), len(body))
    return preamble + (compressed if is_fit else body)


def unpack(data: bytes) -> tuple[dict[str, Any], list[Array]]:
    """Read what `pack` wrote; raises `IntegrityError` at anything else."""
    body, text_size = _body(data)
    try:
        contents = json.loads(bytes(body[:text_size]))
        shapes = [(np.dtype(f"<{kind}{ITEM}"), int(length)) for kind, length in contents["arrays"] if kind in "iuf"]
        header = contents["header"]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise IntegrityError(f"the header of the file is broken: {str(error)[:120]}") from error
    wanted = text_size + ITEM * sum(length for _, length in shapes)
    if (
        len(shapes) != len(contents["arrays"])
        or min((length for _, length in shapes), default=0) < 0
        or wanted != len(body)
    ):
        raise IntegrityError(f"the file holds {len(body)} bytes, its header speaks of {wanted}")
    if not isinstance(header, dict):
        raise IntegrityError("the header of the file is no object")
    arrays, at = [], text_size
    for dtype, length in shapes:
        arrays.append(_unshuffled(body[at : at + ITEM * length], dtype))
        at += ITEM * length
    return header, arrays


def is_packed(data: bytes) -> bool:
    """Tell whether these bytes begin like a file of ours."""
    return data[: len(MAGIC)] == MAGIC


def _most(compressed: int) -> int:
    """Say to how many bytes so many may unpack, so that a forged file costs little; what is denser is stored plain."""
    return min(LARGEST, max(DENSE, RATIO * compressed))


def _body(data: bytes) -> tuple[memoryview, int]:
    if len(data) < PREAMBLE.size:
        raise IntegrityError(f"the file has {len(data)} bytes, expected at least {PREAMBLE.size}")
    magic, version, codec, checksum, text_size, size = PREAMBLE.unpack_from(data)
    if magic != MAGIC or version not in VERSIONS or codec not in (ZSTD, PLAIN):
        raise IntegrityError(
            f"the file begins with {magic!r}, version {version}, expected {MAGIC!r}, version {VERSION} or before"
        )
    packed = memoryview(data)[PREAMBLE.size :]
    most = _most(len(packed)) if codec == ZSTD else min(LARGEST, len(packed))
    if size > most or text_size > min(size, LARGEST_TEXT):
        raise IntegrityError(f"the file declares {size} bytes, expected at most {most}")
    body = _decompressed(packed, size) if codec == ZSTD else packed
    if len(body) != size or zlib.crc32(body) != checksum:
        raise IntegrityError("the file is not what was written: its checksum differs")
    return body, text_size


def _decompressed(packed: memoryview, size: int) -> memoryview:
    try:
        return memoryview(pa.Codec("zstd").decompress(packed, decompressed_size=size, asbytes=True))
    except (pa.ArrowException, OSError) as error:
        raise IntegrityError(f"the file cannot be decompressed: {str(error)[:120]}") from error


def _shuffled(array: Array) -> bytes:
    return array.astype(f"<{array.dtype.kind}{ITEM}", copy=False).view(np.uint8).reshape(-1, ITEM).T.tobytes()


def _unshuffled(data: memoryview, dtype: "np.dtype[Any]") -> Array:
    return np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(ITEM, -1).T).view(dtype).reshape(-1)
