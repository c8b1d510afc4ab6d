"""Every so manieth row, kept while the chunks of a column pass by: as codes at once, or in few bytes until then."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import LONGEST_LABEL, Kind, bytes_of, kind_of, label
from holdfast.batches.kernel.sampled import Coder, Codes

Kept = TypeVar("Kept")
BYTE = 8
THERE = pa.list_(pa.int8())


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


def short(values: pa.Array) -> pa.Array:
    """Keep values in few bytes: text as the labels it is counted by, which are short, and no larger dictionary."""
    values = values.storage if isinstance(values, pa.ExtensionArray) else values
    if kind_of(values.type) is not Kind.CATEGORY:
        return values
    if pa.types.is_dictionary(values.type):
        if len(values.dictionary) > len(values):
            values = values.dictionary_decode().dictionary_encode()
    else:
        values = values.dictionary_encode()
    distinct = values.dictionary
    names = bytes_of(distinct)
    if max((len(name) for name in names if name is not None), default=0) > LONGEST_LABEL:
        distinct = pa.array([None if name is None else label(name) for name in names], pa.string())
    return pa.DictionaryArray.from_arrays(values.indices, distinct)


def there(values: pa.Array) -> pa.Array:
    """Keep of nested values only whether they are there."""
    starts = pa.array(np.zeros(len(values) + 1, np.int32))
    return pa.ListArray.from_arrays(starts, pa.array([], pa.int8()), type=THERE, mask=values.is_null())


def codes_of(coder: Coder, kept: Sequence[pa.Array]) -> Codes:
    """Code what was kept."""
    return np.concatenate([coder.codes(values) for values in kept] or [np.zeros(0, np.uint8)])


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
