"""Rows that are equal in every feature carry the same label: no model can learn both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from holdfast.batches.expectation import Expectation, Named, Number, OfColumn, View
from holdfast.batches.outcome import Outcome, broken, comparable, found, held, uncountable, undecided

if TYPE_CHECKING:
    from holdfast.batches.kernel.baseline import Baseline
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.conflicts import Conflicts

MOST_FEATURES = 1_000


class LabelConsistency(OfColumn):
    """At most a share `at_most` of the rows has features that stand with another label in the same batch.

    `features` are all columns of the reference but the label and those to be `ignoring`, such as an id, which would
    make every row different. Exact up to 65,535 distinct feature rows; beyond, all rows of the 65,536 with the smallest
    hashes are looked at, and the error that is told holds 99 in 100 times.
    """

    at_most: Annotated[Number, Field(ge=0, lt=1)]
    features: Named = Field(default=(), max_length=MOST_FEATURES)
    ignoring: Named = Field(default=(), max_length=MOST_FEATURES)

    def of_baseline(self, baseline: Baseline) -> tuple[str, ...]:
        """Name the features."""
        from holdfast.batches.kernel.columns import Kind

        named = self.features or tuple(
            name for name, known in baseline.columns.items() if known.kind is not Kind.NESTED
        )
        return tuple(name for name in named if name != self.column and name not in self.ignoring)


def probes(wanted: LabelConsistency, baseline: Baseline) -> tuple[Probe[Conflicts], ...]:
    """Sample the distinct feature rows with their labels."""
    from holdfast.batches.probes.conflicts import conflicts

    features = wanted.of_baseline(baseline)
    return (conflicts(wanted.column, *features),) if 0 < len(features) <= MOST_FEATURES else ()


def check(view: View, wanted: LabelConsistency, *counted: Probe[Conflicts]) -> Outcome:
    """Hold the share of contradicted rows, with its error, against what is allowed."""
    if isinstance(column := found(view, wanted.column, comparable(), wanted="values that can be told apart"), Outcome):
        return column
    if lost := [name for name in wanted.of_baseline(view.baseline) if view.column(name) is None]:
        return broken(f"feature {lost[0][:60]} is missing from the batch")
    state: Conflicts | None = view.probed(counted[0]) if counted else None
    if state is None or not state.n:
        return uncountable("its rows could not be told apart by their features")
    (share, error), allowed = state.share, float(wanted.at_most)
    within = f" (within {error:.3%})" if error else ""
    said = f"{share:.3%}{within} of {state.n:,} rows have features that stand with another label too"
    if state.sure_share > allowed:
        return broken(said, share=share, allowed=allowed)
    return (undecided if error and share + error > allowed else held)(said, share=share, allowed=allowed)


EXPECTATION = Expectation(id="label_consistency", parameters=LabelConsistency, check=check, probes=probes)
