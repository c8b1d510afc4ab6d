"""The batch has so many columns."""

from holdfast.batches.expectation import Counted, Expectation, View
from holdfast.batches.outcome import Outcome, bounds, broken, held, within


class ColumnCount(Counted):
    """The number of columns lies within the bounds."""


def check(view: View, wanted: ColumnCount) -> Outcome:
    """Hold the number of columns against the bounds."""
    number = len(view.counts.columns)
    said = f"{number:,} columns, expected {bounds(wanted.minimum, wanted.maximum)}"
    return held(said) if within(number, wanted.minimum, wanted.maximum) else broken(said)


EXPECTATION = Expectation(id="column_count", parameters=ColumnCount, check=check)
