"""The batch has so many rows."""

from holdfast.batches.expectation import Counted, Expectation, View
from holdfast.batches.outcome import Outcome, bounds, broken, held, within


class RowCount(Counted):
    """The number of rows lies within the bounds."""


def check(view: View, wanted: RowCount) -> Outcome:
    """Hold the rows against the bounds."""
    said = f"{view.counts.rows:,} rows, expected {bounds(wanted.minimum, wanted.maximum)}"
    fits = within(view.counts.rows, wanted.minimum, wanted.maximum)
    return held(said) if fits else broken(said)


EXPECTATION = Expectation(id="row_count", parameters=RowCount, check=check)
