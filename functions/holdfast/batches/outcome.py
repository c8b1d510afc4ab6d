"""What an expectation may say of a batch, and the questions most of them begin with: pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal, NamedTuple

from holdfast.batches.logical import logical
from holdfast.batches.verdict import shown

if TYPE_CHECKING:
    from holdfast.batches.expectation import View
    from holdfast.batches.kernel.columns import Kind
    from holdfast.batches.kernel.counts import CountedColumn

Word = Literal["held", "broken", "undecided", "uncountable", "no_rows"]


class Outcome(NamedTuple):
    """What an expectation says of a batch; `share` of the values, or rows, breaks it, and `allowed` may.

    `undecided`: the stated error of a count leaves it open. `uncountable`: we could not count it, so the operator must
    act. None of the two is a pass.
    """

    word: Word
    said: str
    share: float = 0.0
    allowed: float | None = None


def held(said: str, *, share: float = 0.0, allowed: float | None = None) -> Outcome:
    """Say that the batch is as expected."""
    return Outcome("held", said, share, allowed)


def broken(said: str, *, share: float = 1.0, allowed: float | None = None) -> Outcome:
    """Say that the batch is not as expected: its producer must act."""
    return Outcome("broken", said, share, allowed)


def undecided(said: str, *, share: float = 0.0, allowed: float | None = None) -> Outcome:
    """Say that the error of what was counted leaves it open."""
    return Outcome("undecided", said, share, allowed)


def uncountable(said: str) -> Outcome:
    """Say that we could not count what is wanted: the batch is not at fault."""
    return Outcome("uncountable", said)


def of_share(failing: int, n: int, *, mostly: float, what: str) -> Outcome:
    """Judge how many of n values fail; the share that does not must be at least `mostly`."""
    if not n:
        return broken("no value to judge", allowed=1 - mostly)
    said = f"{failing:,} of {n:,} values ({failing / n:.3%}) {what}"
    outcome = held if (n - failing) / n >= mostly else broken
    return outcome(said, share=failing / n, allowed=1 - mostly)


def comparable() -> tuple[Kind, ...]:
    """Name the kinds whose values can be told apart."""
    from holdfast.batches.kernel.columns import Kind

    return (Kind.NUMBER, Kind.TIME, Kind.CATEGORY)


def found(view: View, name: str, kinds: Collection[Kind] = (), *, wanted: str = "") -> CountedColumn | Outcome:
    """Give a column that has values of some kinds, or say why nothing can be held of it.

    A type of another kind is the manifest's fault where the reference has it too, else the producer's.
    """
    column = view.column(name)
    if column is None:
        return broken("missing from the batch")
    if not view.counts.rows:
        return Outcome("no_rows", "no rows to judge")
    if kinds and column.n and column.kind not in kinds:
        known = view.baseline.columns.get(name)
        said = f"{shown(column.type)}, expected {wanted}"
        return uncountable(said) if known is not None and known.kind is column.kind else broken(said)
    return column if column.n else broken(f"no value in {view.counts.rows:,} rows")


def found_moments(view: View, name: str) -> CountedColumn | Outcome:
    """Give a column of dates or timestamps, or say why there is none: a time of day or a duration does not say when."""
    from holdfast.batches.kernel.columns import Kind

    column = found(view, name, (Kind.TIME,), wanted="times")
    if isinstance(column, Outcome) or logical(column.type).sort == "moment":
        return column
    known = view.baseline.columns.get(name)
    said = f"{shown(column.type)} does not say when, expected dates or timestamps"
    is_known = known is not None and logical(known.type).sort == logical(column.type).sort
    return uncountable(said) if is_known else broken(said)


def within(value: float, minimum: float | None, maximum: float | None) -> bool:
    """Tell whether a value lies within bounds, each of which may be absent."""
    return (minimum is None or value >= minimum) and (maximum is None or value <= maximum)


def bounds(minimum: object, maximum: object) -> str:
    """Write bounds for people."""
    if minimum is None or maximum is None:
        return f"at most {maximum}" if minimum is None else f"at least {minimum}"
    return f"{minimum} to {maximum}"
