"""Two columns of a row stand in a relation, such as an end after its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from holdfast.batches.expectation import ColumnName, Expectation, Mostly, OfColumn, View
from holdfast.batches.logical import logical
from holdfast.batches.outcome import Outcome, broken, comparable, found, of_share, uncountable
from holdfast.batches.verdict import shown

if TYPE_CHECKING:
    from holdfast.batches.kernel.baseline import BaselineColumn
    from holdfast.batches.kernel.counts import CountedColumn
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.pairs import Rows


class Pair(OfColumn):
    """In at least a share `mostly` of the rows that have both values `column` is equal to, or greater than, `other`."""

    holds: Literal["equal", "greater", "greater_or_equal"]
    other: ColumnName
    mostly: Mostly = 1.0


def probes(wanted: Pair, _: object) -> tuple[Probe[Rows]]:
    """Compare the two in each row."""
    from holdfast.batches.probes.pairs import pairs

    return (pairs(wanted.column, wanted.holds, wanted.other),)


def check(view: View, wanted: Pair, probe: Probe[Rows]) -> Outcome:
    """Hold the share of rows that break the relation against what is allowed."""
    for name in (wanted.column, wanted.other):
        if isinstance(column := found(view, name, comparable(), wanted="values that can be compared"), Outcome):
            return column._replace(said=f"{name[:60]}: {column.said}")
    if (unlike := _unlike(view, wanted)) is not None:
        return unlike
    counted: Rows | None = view.probed(probe)
    if counted is None:
        return uncountable("the two were not compared")
    if not counted.n and view.counts.rows:
        return uncountable("no row has two values that can be compared")
    what = f"are not {wanted.holds.replace('_', ' ')} {'to' if wanted.holds == 'equal' else 'than'} {wanted.other[:60]}"
    return of_share(counted.failing, counted.n, mostly=wanted.mostly, what=what.replace("equal than", "equal to"))


def _unlike(view: View, wanted: Pair) -> Outcome | None:
    """Say that a number is held against a text, or a time against a duration: the reference's fault if it has it so."""
    sides = [(view.counts.columns[name], view.baseline.columns.get(name)) for name in (wanted.column, wanted.other)]
    now, known = zip(*((_sort(found), known and _sort(known)) for found, known in sides), strict=True)
    if now[0] == now[1]:
        return None
    said = f"{shown(sides[0][0].type)} and {shown(sides[1][0].type)} cannot be compared"
    return uncountable(said) if now == known else broken(said)


def _sort(column: CountedColumn | BaselineColumn) -> tuple[str, str]:
    from holdfast.batches.kernel.columns import Kind

    return column.kind.value, logical(column.type).sort if column.kind is Kind.TIME else ""


EXPECTATION = Expectation(id="pair", parameters=Pair, check=check, probes=probes)
