"""A quantile of a column lies within bounds: decided exactly, by counting what lies beyond them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from holdfast.batches.expectation import Expectation, Measured, Number, View
from holdfast.batches.outcome import Outcome, bounds, broken, found, held, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.counts import CountedColumn
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.bounds import Outside


class QuantileBetween(Measured):
    """The least value that at least a share `quantile` of the values does not exceed lies within the bounds."""

    quantile: Annotated[Number, Field(ge=0, le=1)]


def probes(wanted: QuantileBetween, _: object) -> tuple[Probe[Outside]]:
    """Count what lies beyond each bound: the quantile does if enough values do."""
    from holdfast.batches.probes.bounds import outside

    return (outside(wanted.column, wanted.minimum, wanted.maximum),)


def check(view: View, wanted: QuantileBetween, probe: Probe[Outside]) -> Outcome:
    """Decide by the place of the quantile among the values, and tell between which knots it was seen."""
    from holdfast.batches.kernel.columns import Kind

    column = found(view, wanted.column, (Kind.NUMBER,), wanted="numbers")
    if isinstance(column, Outcome):
        return column
    counted: Outside | None = view.probed(probe)
    if counted is None:
        return uncountable("what lies beyond the bounds was not counted")
    if not counted.n:
        return broken(f"no value in {view.counts.rows:,} rows")
    place = max(1, math.ceil(Fraction(str(wanted.quantile)) * counted.n))
    fits = counted.below < place <= counted.n - counted.above
    said = f"quantile {wanted.quantile:g} {_seen(view, wanted.column, column, place)}"
    said += f", expected {bounds(wanted.minimum, wanted.maximum)}"
    return held(said) if fits else broken(said)


def _seen(view: View, name: str, column: CountedColumn, place: int) -> str:
    """Say between which neighbouring knots of the reference the value at a place lies: the error of knots."""
    from holdfast.batches.kernel.numeric import Distribution

    known = view.baseline.columns.get(name)
    if known is None or not isinstance(known.values, Distribution) or column.counts is None or not known.n:
        return "was counted"
    knots, (below, at_most) = known.values.knots, column.counts
    at = int(at_most.searchsorted(place))
    if at == len(knots):
        return f"above {knots[-1]:g}"
    if below[at] < place:
        return f"is {knots[at]:g}"
    return f"below {knots[0]:g}" if at == 0 else f"between {knots[at - 1]:g} and {knots[at]:g}"


EXPECTATION = Expectation(id="quantile_between", parameters=QuantileBetween, check=check, probes=probes)
