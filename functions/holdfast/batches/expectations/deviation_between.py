"""The standard deviation of a column lies within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Expectation, Measured, View
from holdfast.batches.measure import between, probes
from holdfast.batches.outcome import Outcome

if TYPE_CHECKING:
    from holdfast.batches.kernel.moments import Moments
    from holdfast.batches.kernel.probe import AnyProbe


class DeviationBetween(Measured):
    """The standard deviation of the finite values lies within the bounds; an infinite value breaks it.

    It is that of the rows themselves: divided by their number, not by one less.
    """


def _measure(measured: Moments) -> float | None:
    return measured.deviation


def check(view: View, wanted: DeviationBetween, *probe: AnyProbe) -> Outcome:
    """Hold the standard deviation against the bounds."""
    return between(view, wanted, "standard deviation", _measure, *probe)


EXPECTATION = Expectation(id="deviation_between", parameters=DeviationBetween, check=check, probes=probes)
