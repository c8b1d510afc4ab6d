"""The batch has these columns, in whatever order."""

from typing import Annotated

from pydantic import Field, Strict

from holdfast.batches.expectation import Expectation, Named, Parameters, View
from holdfast.batches.outcome import Outcome, broken, held
from holdfast.batches.verdict import shown

MOST_NAMED = 3


class Columns(Parameters):
    """Each of `names` is a column, and with `only` there is no other."""

    names: Named = Field(min_length=1, max_length=10_000)
    only: Annotated[bool, Strict()] = False


def check(view: View, wanted: Columns) -> Outcome:
    """Name the columns that are missing, and those that should not be there."""
    there = view.counts.columns
    missing = [name for name in wanted.names if name not in there]
    others = [name for name in there if name not in set(wanted.names)] if wanted.only else []
    if not missing and not others:
        return held(f"{len(there):,} columns")
    said = [f"{word} {_listed(names)}" for word, names in (("missing", missing), ("not expected", others)) if names]
    return broken("; ".join(said))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(shown(name) for name in names[:MOST_NAMED]) + more


EXPECTATION = Expectation(id="columns", parameters=Columns, check=check)
