"""How many texts break a rule: looked at once for each distinct text of a chunk."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Kind, kind_of
from holdfast.batches.kernel.probe import Probe

LONGEST = 4_096
Rule = Callable[[pa.Array], NDArray[np.bool_]]


class Breaking(NamedTuple):
    """How many of n texts break the rule."""

    failing: int = 0
    n: int = 0


def breaking(identity: str, column: str, rule: Rule) -> Probe[Breaking]:
    """Count the texts of a column that break a rule, which is given distinct texts as bytes."""

    def count(chunk: pa.Array) -> Breaking:
        if kind_of(chunk.type) is not Kind.CATEGORY:
            return Breaking()
        chunk = chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        names = encoded.dictionary
        if pa.types.is_fixed_size_binary(names.type):
            names = names.cast(pa.binary())
        names = names.cast(pa.large_binary())
        counts = np.bincount(encoded.indices.drop_null().to_numpy(zero_copy_only=False), minlength=len(names))
        counts = counts[names.is_valid().to_numpy(zero_copy_only=False)]
        return Breaking(int(counts[rule(names.drop_null())].sum()), int(counts.sum()))

    return Probe(f"{identity} {column!r}", (column,), Breaking(), count, _added)


def _added(one: Breaking, other: Breaking) -> Breaking:
    return Breaking(one.failing + other.failing, one.n + other.n)


def refused(pattern: str) -> str | None:
    """Say why RE2 does not take a pattern, or `None` if it does."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return str(error).partition("\n")[0]
    return None


def matching(column: str, pattern: str, *, is_wanted: bool) -> Probe[Breaking] | None:
    """Count texts that lack a pattern they should hold, or hold one they should not; `None` if RE2 refuses it.

    RE2 takes time linear in the text whatever the pattern, and refuses one that would take much memory. A text longer
    than 4,096 bytes is not examined: it counts as one that breaks the rule. Bytes that are no UTF-8 match nothing.
    """
    if refused(pattern) is not None:
        return None

    def rule(names: pa.Array) -> NDArray[np.bool_]:
        short = pc.less_equal(pc.binary_length(names), LONGEST)
        texts = pc.if_else(short, names, b"").cast(pa.large_string(), safe=False)  # of bytes RE2 would make Latin-1
        found = pc.match_substring_regex(texts, pattern)
        kept: NDArray[np.bool_] = pc.and_(short, found if is_wanted else pc.invert(found)).to_numpy(
            zero_copy_only=False
        )
        return ~kept

    return breaking(f"matching {pattern!r} {is_wanted}", column, rule)


def misfit(column: str, shortest: int | None, longest: int | None) -> Probe[Breaking]:
    """Count texts with fewer or more characters than that; bytes that are no text count one each."""

    def rule(names: pa.Array) -> NDArray[np.bool_]:
        lengths = _characters(names)
        too_long = np.zeros(len(lengths), np.bool_) if longest is None else lengths > longest
        return too_long | (lengths < (shortest or 0))

    return breaking(f"misfit {shortest} {longest}", column, rule)


def _characters(names: pa.Array) -> NDArray[np.int64]:
    try:
        lengths = pc.utf8_length(names.cast(pa.large_string()))
    except pa.ArrowInvalid:
        return np.array([_length(name) for name in names.to_pylist()], np.int64)
    found: NDArray[np.int64] = lengths.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return found


def _length(name: bytes) -> int:
    try:
        return len(name.decode())
    except UnicodeDecodeError:
        return len(name)
