"""The values of a column are among given ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, Strict

from holdfast.batches.expectation import Expectation, Mostly, Number, OfColumn, View
from holdfast.batches.outcome import Outcome, found, of_share, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.columns import Kind
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.members import Among

Member = Annotated[bool, Strict()] | Annotated[str, Strict()] | Number


class Members(OfColumn):
    """At least a share `mostly` of the values is one of `values`."""

    values: tuple[Member, ...] = Field(min_length=1, max_length=10_000)
    mostly: Mostly = 1.0


def probes(wanted: Members, _: object) -> tuple[Probe[Among]]:
    """Count the members."""
    from holdfast.batches.probes.members import members

    return (members(wanted.column, wanted.values),)


def check(view: View, wanted: Members, probe: Probe[Among]) -> Outcome:
    """Hold the share of others against what is allowed; which they are is not told, as they may be personal."""
    kinds, words = kinds_of(wanted.values)
    column = found(view, wanted.column, kinds, wanted=words)
    if isinstance(column, Outcome):
        return column
    counted: Among | None = view.probed(probe)
    if counted is None:
        return uncountable("the members of the set were not counted")
    what = f"not among the {len(wanted.values)} allowed"
    return of_share(counted.n - counted.members, counted.n, mostly=wanted.mostly, what=what)


def kinds_of(values: Iterable[Member]) -> tuple[set[Kind], str]:
    """Give the kinds of columns that can have such values, and name them."""
    from holdfast.batches.kernel.columns import Kind

    kinds = {Kind.CATEGORY if isinstance(value, str) else Kind.NUMBER for value in values}
    return kinds, " or ".join(sorted("text" if kind is Kind.CATEGORY else "numbers" for kind in kinds))


EXPECTATION = Expectation(id="set", parameters=Members, check=check, probes=probes)
