"""The columns of a nested schema: a struct's plain leaves are columns of their own, named by their path."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column: its name, where it stands in the schema, and its type; a list or a map is one, whole."""

    path: tuple[str, ...]
    type: pa.DataType

    @property
    def name(self) -> str:
        """Give the path, written with dots."""
        return ".".join(self.path)


def leaves(schema: pa.Schema) -> list[Leaf]:
    """Give the columns of a schema; a struct of which a leaf would take a name twice stays whole."""
    found = [list(_below((field.name,), field.type)) for field in schema]
    taken = Counter(leaf.name for some in found for leaf in some)
    return [
        leaf
        for field, some in zip(schema, found, strict=True)
        for leaf in ([Leaf((field.name,), field.type)] if any(taken[leaf.name] > 1 for leaf in some) else some)
    ]


def leaf_of(values: pa.Array, path: tuple[str, ...]) -> pa.Array:
    """Give a leaf of a struct column; it is null where anything above it is."""
    for step in path[1:]:
        values = values.flatten()[values.type.get_field_index(step)]
    return values


def _below(path: tuple[str, ...], data_type: pa.DataType) -> Iterator[Leaf]:
    if pa.types.is_struct(data_type) and data_type.num_fields and len(path) < DEEPEST:
        for field in data_type:
            yield from _below((*path, field.name), field.type)
    else:
        yield Leaf(path, data_type)
