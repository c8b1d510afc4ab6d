"""The newest time in a column is not long before the batch's arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from holdfast.batches.expectation import Expectation, Number, OfColumn, View
from holdfast.batches.outcome import Outcome, broken, found_moments, held, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Hours = Annotated[Number, Field(gt=0, le=24 * 3660)]


class Freshness(OfColumn):
    """The newest time is at most `hours` older than the batch's arrival, and at most `ahead_hours` ahead of it.

    A time without a zone is taken as UTC, and a date as its midnight. A time far in the future is as wrong as an old
    one: it would make every batch look fresh.
    """

    hours: Hours
    ahead_hours: Annotated[Number, Field(ge=0, le=24 * 3660)] = 24


def probes(wanted: Freshness, _: object) -> tuple[Probe[int | None]]:
    """Look for the newest time."""
    from holdfast.batches.probes.newest import newest

    return (newest(wanted.column),)


def check(view: View, wanted: Freshness, probe: Probe[int | None]) -> Outcome:
    """Hold the newest time against the arrival."""
    if isinstance(column := found_moments(view, wanted.column), Outcome):
        return column
    latest: int | None = view.probed(probe)
    if view.arrived is None or latest is None:
        return uncountable("the arrival of the batch or its newest time is not known")
    age = _since(view.arrived) - latest
    said = f"the newest time is {_hours(age)} before the arrival, expected at most {wanted.hours:g} h"
    if age < -timedelta(hours=wanted.ahead_hours) / timedelta(microseconds=1):
        return broken(f"the newest time is {_hours(-age)} after the arrival, expected at most {wanted.ahead_hours:g} h")
    return broken(said) if age > timedelta(hours=wanted.hours) / timedelta(microseconds=1) else held(said)


def _since(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _hours(microseconds: int) -> str:
    return f"{microseconds / 3.6e9:,.1f} h"


EXPECTATION = Expectation(id="freshness", parameters=Freshness, check=check, probes=probes)
