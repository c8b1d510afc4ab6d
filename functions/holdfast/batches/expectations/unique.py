"""No value of a column occurs twice, as far as a sample of its distinct values tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from holdfast.batches.expectation import ColumnName, Expectation, Mostly, Named, Parameters, View
from holdfast.batches.outcome import Outcome, broken, comparable, found, held, uncountable, undecided

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.distinct import Distinct


class Unique(Parameters):
    """At least a share `mostly` of the values, or of the rows of several columns, occurs once.

    Exact up to 262,143 distinct values. Beyond, the values of the 262,144 smallest hashes are looked at, all their
    occurrences counted: the error that is told holds 99 in 100 times.
    """

    column: ColumnName | None = None
    columns: Named = Field(default=(), max_length=20)
    mostly: Mostly = 1.0

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.column is None) == (not self.columns):
            raise ValueError("expected either column, or columns whose values together occur once")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Name the columns."""
        return self.columns if self.column is None else (self.column,)

    @property
    def of(self) -> str:
        """Name the columns in one word."""
        return ", ".join(self.names)


def probes(wanted: Unique, _: object) -> tuple[Probe[Distinct]]:
    """Sample the distinct values."""
    from holdfast.batches.probes.distinct import distinct

    return (distinct(*wanted.names),)


def check(view: View, wanted: Unique, probe: Probe[Distinct]) -> Outcome:
    """Hold the share of values that occur again against what is allowed."""
    for name in wanted.names:
        if isinstance(column := found(view, name, comparable(), wanted="values that can be told apart"), Outcome):
            return column if len(wanted.names) == 1 else column._replace(said=f"{name}: {column.said}")
    counted: Distinct | None = view.probed(probe)
    if counted is None:
        return uncountable("its values cannot be told apart here")
    if not counted.n:
        return broken("no row has a value in each column")
    return _judged(counted, allowed=1 - wanted.mostly)


def _judged(counted: Distinct, *, allowed: float) -> Outcome:
    """Decide within the error; that no sampled value occurs again is a pass, with what may have been missed."""
    share, error = counted.repeated
    fewest = counted.surely_repeated
    if counted.is_complete:
        said = f"{round(share * counted.n):,} of {counted.n:,} values ({share:.3%}) occur more than once"
        outcome = held if 1 - share >= 1 - allowed else broken
        return outcome(said, share=share, allowed=allowed)
    said = f"about {share:.3%} of {counted.n:,} values occur more than once (within {error:.3%})"
    if fewest > allowed or (share and not allowed):
        return broken(said, share=max(share, fewest), allowed=allowed)
    is_open = share + error > allowed and not (share == 0 == allowed)
    return (undecided if is_open else held)(said, share=share, allowed=allowed)


EXPECTATION = Expectation(id="unique", parameters=Unique, check=check, probes=probes)
