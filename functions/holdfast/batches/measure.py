"""What the expectations on a column's moments share: the reference's grid, or one of their own. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from holdfast.batches.outcome import Outcome, bounds, broken, found, held, uncountable, within

if TYPE_CHECKING:
    from holdfast.batches.expectation import Measured, View
    from holdfast.batches.kernel.baseline import Baseline
    from holdfast.batches.kernel.moments import Moments
    from holdfast.batches.kernel.probe import AnyProbe


def probes(wanted: Measured, baseline: Baseline) -> tuple[AnyProbe, ...]:
    """Ask for the moments of a column that the reference does not have; of others they are taken anyway."""
    from holdfast.batches.kernel.columns import Kind
    from holdfast.batches.probes.measured import measured

    known = baseline.columns.get(wanted.column)
    return () if known is not None and known.kind is Kind.NUMBER else (measured(wanted.column),)


def between(
    view: View,
    wanted: Measured,
    what: str,
    measure: Callable[[Moments], float | None],
    *probe: AnyProbe,
    is_of_one_row: bool = False,
) -> Outcome:
    """Hold what is measured of a column's finite values against bounds; what one row holds is told to one digit."""
    from holdfast.batches.kernel.columns import Kind

    column = found(view, wanted.column, (Kind.NUMBER,), wanted="numbers")
    if isinstance(column, Outcome):
        return column
    moments, infinite = column.moments, sum(column.infinite)
    if probe and (counted := view.probed(probe[0])) is not None:
        moments, infinite = counted
    if infinite:
        return broken(f"{infinite:,} infinite values leave it no {what}")
    if moments is None:
        return uncountable(f"the {what} was not counted")
    if (value := measure(moments)) is None:
        return broken(f"no value in {view.counts.rows:,} rows")
    is_within, told = within(value, wanted.minimum, wanted.maximum), f"{value:g}"
    if is_of_one_row:
        told = f"{'within' if is_within else 'beyond'} the bounds, about {float(f'{value:.0e}'):g}"
    said = f"{what} {told}, expected {bounds(wanted.minimum, wanted.maximum)}"
    return held(said) if is_within else broken(said)
