"""Some rows of a batch, kept while the chunks of a column pass by."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import plain

Kept = TypeVar("Kept")
STORED = {8: "u1", 16: "u2", 32: "u4", 64: "u8"}
Places = NDArray[np.intp]


class Wanted(Protocol):
    """Says which rows are to be kept."""

    def places(self, start: int, stop: int) -> Places:
        """Give which of these rows are, counted from `start`."""


class Watch(Generic[Kept]):
    """Passes chunks on, of one file or of several in a row, and keeps something of some of their values."""

    def __init__(self, wanted: Wanted, keep: Callable[[pa.Array], Kept]) -> None:
        self.kept: list[Kept] = []
        self._wanted, self._keep, self._start = wanted, keep, 0

    def over(self, chunks: Iterable[pa.Array]) -> Iterator[pa.Array]:
        """Pass chunks on as they are."""
        for chunk in chunks:
            start, self._start = self._start, self._start + len(chunk)
            places = self._wanted.places(start, self._start)
            if len(places):
                self.kept.append(self._keep(_taken(chunk, places)))
            yield chunk


def _taken(values: pa.Array, places: Places) -> pa.Array:
    """Take the values at these places; of plain numbers by numpy, since Arrow's `take` loads its compute module."""
    if len(places) == len(values):
        return values
    values = plain(values)
    if isinstance(values, pa.DictionaryArray):
        indices = _taken(values.indices, places)
        return pa.DictionaryArray.from_arrays(indices, values.dictionary, ordered=values.type.ordered)
    if values.null_count or not pa.types.is_primitive(values.type) or values.type.bit_width not in STORED:
        return _takeable(values).take(pa.array(places))
    stored = np.frombuffer(values.buffers()[1], STORED[values.type.bit_width], values.offset + len(values))
    taken = stored[values.offset :].take(places)
    return pa.Array.from_buffers(values.type, len(taken), [None, pa.py_buffer(taken)])


def _takeable(values: pa.Array) -> pa.Array:
    """Give values in a type of which Arrow can take some: of views it cannot."""
    if pa.types.is_string_view(values.type):
        return values.cast(pa.large_string())
    return values.cast(pa.large_binary()) if pa.types.is_binary_view(values.type) else values
