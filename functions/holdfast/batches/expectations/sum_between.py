"""The sum of a column lies within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Expectation, Measured, View
from holdfast.batches.measure import between, probes
from holdfast.batches.outcome import Outcome

if TYPE_CHECKING:
    from holdfast.batches.kernel.moments import Moments
    from holdfast.batches.kernel.probe import AnyProbe


class SumBetween(Measured):
    """The sum of the finite values lies within the bounds; an infinite value breaks it."""


def _measure(measured: Moments) -> float | None:
    return None if measured.mean is None else measured.mean * measured.n


def check(view: View, wanted: SumBetween, *probe: AnyProbe) -> Outcome:
    """Hold the sum against the bounds."""
    return between(view, wanted, "sum", _measure, *probe)


EXPECTATION = Expectation(id="sum_between", parameters=SumBetween, check=check, probes=probes)
