"""The batch has a column."""

from holdfast.batches.expectation import Expectation, OfColumn, View
from holdfast.batches.outcome import Outcome, broken, held


class Exists(OfColumn):
    """The column is there, whatever it holds."""


def check(view: View, wanted: Exists) -> Outcome:
    """Look for the column."""
    return broken("missing from the batch") if view.column(wanted.column) is None else held("there")


EXPECTATION = Expectation(id="exists", parameters=Exists, check=check)
