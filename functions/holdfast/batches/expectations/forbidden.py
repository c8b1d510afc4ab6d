"""The values of a column are none of given ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from holdfast.batches.expectation import Expectation, Mostly, OfColumn, View
from holdfast.batches.expectations.set import Member, kinds_of
from holdfast.batches.outcome import Outcome, found, of_share, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.members import Among


class Forbidden(OfColumn):
    """At least a share `mostly` of the values is none of `values`."""

    values: tuple[Member, ...] = Field(min_length=1, max_length=10_000)
    mostly: Mostly = 1.0


def probes(wanted: Forbidden, _: object) -> tuple[Probe[Among]]:
    """Count the values that are forbidden."""
    from holdfast.batches.probes.members import members

    return (members(wanted.column, wanted.values),)


def check(view: View, wanted: Forbidden, probe: Probe[Among]) -> Outcome:
    """Hold the share of forbidden values against what is allowed; words cannot be found among numbers."""
    kinds, words = kinds_of(wanted.values)
    column = found(view, wanted.column, kinds, wanted=words)
    if isinstance(column, Outcome):
        return column
    counted: Among | None = view.probed(probe)
    if counted is None:
        return uncountable("the forbidden values were not counted")
    what = f"among the {len(wanted.values)} forbidden"
    return of_share(counted.members, counted.n, mostly=wanted.mostly, what=what)


EXPECTATION = Expectation(id="forbidden", parameters=Forbidden, check=check, probes=probes)
