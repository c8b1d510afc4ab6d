"""A table, and what one expectation says of it, counted in parts in both orders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

import pyarrow as pa
import pytest

from holdfast.batches.expectation import View
from holdfast.batches.expected import known
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.outcome import Outcome

Told = Callable[..., Outcome]


def _counted(probe: AnyProbe, table: pa.Table, *, parts: int) -> Any:
    """Count a table as so many parts, from the last to the first."""
    rows = max(1, -(-table.num_rows // parts))
    cut = [table.slice(at, rows).combine_chunks() for at in range(0, table.num_rows, rows)]
    states = [
        probe.taken(probe.nothing, *(part[name].chunk(0) for name in probe.columns)) for part in cut if part.num_rows
    ]
    return reduce(probe.add, reversed(states), probe.nothing)


@pytest.fixture
def told() -> Told:
    """Give what an expectation says of a table."""

    def tell(
        table: pa.Table,
        *,
        reference: pa.Table | None = None,
        arrived: datetime | None = None,
        parts: int = 3,
        **said: Any,
    ) -> Outcome:
        plugin = known(said["expect"])
        parameters = plugin.parameters.model_validate(said)
        baseline = Baseline.of(table if reference is None else reference)
        probes = plugin.probes(parameters, baseline)
        there = [probe for probe in probes if set(probe.columns) <= set(table.column_names)]
        probed = {probe.id: _counted(probe, table, parts=parts) for probe in there}
        counts = replace(Counts.of(baseline, table), probed=probed)
        outcome: Outcome = plugin.check(View(counts, baseline, arrived), parameters, *probes)
        return outcome

    return tell
