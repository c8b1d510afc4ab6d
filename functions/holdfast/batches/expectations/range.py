"""The numbers, or times, of a column lie within bounds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Strict

from holdfast.batches.expectation import Bound, Bounded, Expectation, Mostly, OfColumn, View
from holdfast.batches.outcome import Outcome, bounds, found, found_moments, of_share, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.bounds import Outside


class Range(Bounded, OfColumn):
    """At least a share `mostly` of the values lies within the bounds, which a strict one leaves out."""

    minimum: Bound | None = None
    maximum: Bound | None = None
    strict_minimum: Annotated[bool, Strict()] = False
    strict_maximum: Annotated[bool, Strict()] = False
    mostly: Mostly = 1.0

    @property
    def is_of_times(self) -> bool:
        """Tell whether the bounds are times."""
        return isinstance(self.minimum if self.maximum is None else self.maximum, datetime)


def probes(wanted: Range, _: object) -> tuple[Probe[Outside]]:
    """Count what lies beyond each bound."""
    from holdfast.batches.probes.bounds import outside

    is_open = (wanted.strict_minimum, wanted.strict_maximum)
    return (outside(wanted.column, wanted.minimum, wanted.maximum, is_open=is_open),)


def check(view: View, wanted: Range, probe: Probe[Outside]) -> Outcome:
    """Hold the share beyond the bounds against what is allowed, and tell on which side; no value of a row is told."""
    from holdfast.batches.kernel.columns import Kind

    if wanted.is_of_times:
        column = found_moments(view, wanted.column)
    else:
        column = found(view, wanted.column, (Kind.NUMBER,), wanted="numbers")
    if isinstance(column, Outcome):
        return column
    counted: Outside | None = view.probed(probe)
    if counted is None:
        return uncountable("what lies beyond the bounds was not counted")
    what = f"outside {bounds(wanted.minimum, wanted.maximum)}"
    outcome = of_share(counted.below + counted.above, counted.n, mostly=wanted.mostly, what=what)
    sides = [f"{many:,} {side}" for many, side in ((counted.below, "below"), (counted.above, "above")) if many]
    return outcome._replace(said=f"{outcome.said}: {', '.join(sides)}") if sides else outcome


EXPECTATION = Expectation(id="range", parameters=Range, check=check, probes=probes)
