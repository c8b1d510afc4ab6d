"""Every so manieth row of a file, kept while the chunks of a column pass by."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

Kept = TypeVar("Kept")
BYTE = 8


class Watch(Generic[Kept]):
    """Passes the chunks of one file on, and keeps something of every `stride`-th value, from the first on."""

    def __init__(self, stride: int, keep: Callable[[pa.Array], Kept]) -> None:
        self.kept: list[Kept] = []
        self._stride, self._keep, self._skip = stride, keep, 0

    def over(self, chunks: Iterable[pa.Array]) -> Iterator[pa.Array]:
        """Pass chunks on as they are."""
        for chunk in chunks:
            if len(chunk) > self._skip:
                self.kept.append(self._keep(_every(chunk, self._skip, self._stride)))
            self._skip = (self._skip - len(chunk)) % self._stride
            yield chunk


def _every(values: pa.Array, first: int, stride: int) -> pa.Array:
    """Take every so manieth value; of plain numbers by numpy, since Arrow's `take` loads its compute module."""
    if stride == 1:
        return values
    if isinstance(values, pa.DictionaryArray):
        indices = _every(values.indices, first, stride)
        return pa.DictionaryArray.from_arrays(indices, values.dictionary, ordered=values.type.ordered)
    if values.null_count or not pa.types.is_primitive(values.type) or values.type.bit_width < BYTE:
        return values.take(pa.array(np.arange(first, len(values), stride)))
    stored = np.frombuffer(values.buffers()[1], f"V{values.type.bit_width // BYTE}", values.offset + len(values))
    taken = np.ascontiguousarray(stored[values.offset + first :: stride])
    return pa.Array.from_buffers(values.type, len(taken), [None, pa.py_buffer(taken)])
