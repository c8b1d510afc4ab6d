"""A column has values: neither null nor not a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Expectation, Mostly, OfColumn, View
from holdfast.batches.outcome import Outcome, broken, of_share, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.presence import Presence


class NotNull(OfColumn):
    """At least a share `mostly` of the rows has a value."""

    mostly: Mostly = 1.0


def probes(wanted: NotNull, _: object) -> tuple[Probe[Presence]]:
    """Count the values that are there, in a column of any type."""
    from holdfast.batches.probes.presence import presence

    return (presence(wanted.column),)


def check(view: View, wanted: NotNull, probe: Probe[Presence]) -> Outcome:
    """Hold the share of rows without a value against what is allowed."""
    if view.column(wanted.column) is None:
        return broken("missing from the batch")
    if not view.counts.rows:
        return Outcome("no_rows", "no rows to judge")
    counted: Presence | None = view.probed(probe)
    if counted is None:
        return uncountable("its values were not counted")
    return of_share(counted.rows - counted.present, counted.rows, mostly=wanted.mostly, what="are missing")


EXPECTATION = Expectation(id="not_null", parameters=NotNull, check=check, probes=probes)
