"""The least value of a column lies within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.batches.expectation import Expectation, Measured, View
from holdfast.batches.measure import between, probes
from holdfast.batches.outcome import Outcome

if TYPE_CHECKING:
    from holdfast.batches.kernel.moments import Moments
    from holdfast.batches.kernel.probe import AnyProbe


class MinimumBetween(Measured):
    """The least value of the finite values lies within the bounds; an infinite value breaks it."""


def _measure(measured: Moments) -> float | None:
    return measured.minimum


def check(view: View, wanted: MinimumBetween, *probe: AnyProbe) -> Outcome:
    """Hold the least value against the bounds; as it is of one row, it is told to one digit only."""
    return between(view, wanted, "least value", _measure, *probe, is_of_one_row=True)


EXPECTATION = Expectation(id="minimum_between", parameters=MinimumBetween, check=check, probes=probes)
