"""The texts of a column have a length, in characters, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Counted, Expectation, Mostly, OfColumn, View
from holdfast.batches.outcome import Outcome, bounds, found, of_share, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.texts import Breaking


class Length(Counted, OfColumn):
    """At least a share `mostly` of the texts has so many characters."""

    mostly: Mostly = 1.0


def probes(wanted: Length, _: object) -> tuple[Probe[Breaking]]:
    """Count the texts of another length."""
    from holdfast.batches.probes.texts import misfit

    return (misfit(wanted.column, wanted.minimum, wanted.maximum),)


def check(view: View, wanted: Length, probe: Probe[Breaking]) -> Outcome:
    """Hold the share of texts of another length against what is allowed."""
    from holdfast.batches.kernel.columns import Kind

    column = found(view, wanted.column, (Kind.CATEGORY,), wanted="text")
    if isinstance(column, Outcome):
        return column
    counted: Breaking | None = view.probed(probe)
    if counted is None:
        return uncountable("the lengths were not counted")
    what = f"not {bounds(wanted.minimum, wanted.maximum)} characters long"
    return of_share(counted.failing, counted.n, mostly=wanted.mostly, what=what)


EXPECTATION = Expectation(id="length", parameters=Length, check=check, probes=probes)
