"""What else is counted while a batch is read once: additive states over the chunks of named columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pyarrow as pa

State = TypeVar("State")


@dataclass(frozen=True, slots=True, eq=False)
class Probe(Generic[State]):
    """One additive count; `id` names what it counts, so equal ids are counted once.

    `count` takes one chunk of each named column, of equal length and as Arrow brings them (nulls included, text perhaps
    as a dictionary); `add` is associative and commutative, and `nothing` is its zero. A column the batch lacks, or
    cannot be read as, leaves the probe out of `Counts.probed`: nothing missing ever counts as a pass.
    """

    id: str
    columns: tuple[str, ...]
    nothing: State
    count: Callable[..., State]
    add: Callable[[State, State], State]

    def taken(self, state: State, *chunks: pa.Array) -> State:
        """Add a chunk of each column to a state."""
        return self.add(state, self.count(*chunks))


AnyProbe = Probe[Any]
