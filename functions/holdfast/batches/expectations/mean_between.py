"""The mean of a column lies within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Expectation, Measured, View
from holdfast.batches.measure import between, probes
from holdfast.batches.outcome import Outcome

if TYPE_CHECKING:
    from holdfast.batches.kernel.moments import Moments
    from holdfast.batches.kernel.probe import AnyProbe


class MeanBetween(Measured):
    """The mean of the finite values lies within the bounds; an infinite value breaks it."""


def _measure(measured: Moments) -> float | None:
    return measured.mean


def check(view: View, wanted: MeanBetween, *probe: AnyProbe) -> Outcome:
    """Hold the mean against the bounds."""
    return between(view, wanted, "mean", _measure, *probe)


EXPECTATION = Expectation(id="mean_between", parameters=MeanBetween, check=check, probes=probes)
