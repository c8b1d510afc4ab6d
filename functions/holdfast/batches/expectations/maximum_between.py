"""The greatest value of a column lies within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Expectation, Measured, View
from holdfast.batches.measure import between, probes
from holdfast.batches.outcome import Outcome

if TYPE_CHECKING:
    from holdfast.batches.kernel.moments import Moments
    from holdfast.batches.kernel.probe import AnyProbe


class MaximumBetween(Measured):
    """The greatest value of the finite values lies within the bounds; an infinite value breaks it."""


def _measure(measured: Moments) -> float | None:
    return measured.maximum


def check(view: View, wanted: MaximumBetween, *probe: AnyProbe) -> Outcome:
    """Hold the greatest value against the bounds; as it is of one row, it is told to one digit only."""
    return between(view, wanted, "greatest value", _measure, *probe, is_of_one_row=True)


EXPECTATION = Expectation(id="maximum_between", parameters=MaximumBetween, check=check, probes=probes)
