"""A column has so many distinct values, or so large a share of its values is distinct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, Strict, model_validator

from holdfast.batches.expectation import Count, Expectation, OfColumn, View
from holdfast.batches.outcome import Outcome, broken, comparable, found, held, uncountable, undecided, within

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.distinct import Distinct

Portion = Annotated[float, Strict(), Field(ge=0, le=1)]


class DistinctBetween(OfColumn):
    """The number of distinct values, and their share of all values, lie within the bounds that are given.

    Exact up to 262,143 distinct values; beyond, estimated within half a percent, 99 in 100 times.
    """

    minimum: Count | None = None
    maximum: Count | None = None
    minimum_share: Portion | None = None
    maximum_share: Portion | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if {self.minimum, self.maximum, self.minimum_share, self.maximum_share} == {None}:
            raise ValueError("expected minimum, maximum, minimum_share or maximum_share")
        for least, most in ((self.minimum, self.maximum), (self.minimum_share, self.maximum_share)):
            if least is not None and most is not None and least > most:
                raise ValueError(f"the least must be at most the greatest, got {least} and {most}")
        return self


def probes(wanted: DistinctBetween, _: object) -> tuple[Probe[Distinct]]:
    """Sample the distinct values."""
    from holdfast.batches.probes.distinct import distinct

    return (distinct(wanted.column),)


def check(view: View, wanted: DistinctBetween, probe: Probe[Distinct]) -> Outcome:
    """Hold both ends of the estimate against the bounds."""
    if isinstance(column := found(view, wanted.column, comparable(), wanted="values that can be told apart"), Outcome):
        return column
    counted: Distinct | None = view.probed(probe)
    if counted is None:
        return uncountable("its values cannot be told apart here")
    from holdfast.batches.probes.concentration import CERTAIN, SURE

    number, error = counted.distinct, counted.distinct * counted.error
    is_sure = all(_fits(wanted, end, end, counted.n) for end in (number - error, min(number + error, counted.n)))
    far = error * CERTAIN / SURE
    about = "" if counted.is_complete else f" (within {error:,.0f})"
    said = f"{number:,.0f} distinct{about} of {counted.n:,} values"
    if is_sure:
        return held(said)
    return (
        undecided(said)
        if _fits(wanted, number - far, min(number + far, counted.n), counted.n)
        else broken(said, share=0.0)
    )


def _fits(wanted: DistinctBetween, low: float, high: float, n: int) -> bool:
    """Tell whether some number from the low to the high end lies within the bounds."""
    reaches = within(high, wanted.minimum, None) and within(high / n, wanted.minimum_share, None)
    return reaches and within(low, None, wanted.maximum) and within(low / n, None, wanted.maximum_share)


EXPECTATION = Expectation(id="distinct_between", parameters=DistinctBetween, check=check, probes=probes)
