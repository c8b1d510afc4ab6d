"""What is kept of the rows of a sample until they are coded: few bytes."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.columns import LONGEST_LABEL, Kind, bytes_of, kind_of, label
from holdfast.batches.kernel.sampled import Coder, Codes

THERE = pa.list_(pa.int8())


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
