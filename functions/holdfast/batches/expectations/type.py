"""A column is of one of given types."""

from typing import Literal

from pydantic import Field

from holdfast.batches.expectation import Expectation, OfColumn, View
from holdfast.batches.logical import logical
from holdfast.batches.outcome import Outcome, broken, held

Form = Literal["boolean", "integer", "float", "decimal", "number", "text", "binary", "timestamp", "date", "time",
               "duration", "nested", "empty", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
               "float16", "float32", "float64"]  # fmt: skip


class Type(OfColumn):
    """The column's type is one of `types`: a word for many, such as `number`, or one with its width."""

    types: tuple[Form, ...] = Field(min_length=1)


def check(view: View, wanted: Type) -> Outcome:
    """Look at the column's type alone; forms of text, zones and units make no difference."""
    column = view.column(wanted.column)
    if column is None:
        return broken("missing from the batch")
    now = logical(column.type)
    words = {now.word, now.sort, {"bool": "boolean", "int": "integer", "uint": "integer"}.get(now.form, now.form)}
    said = f"{now.word}, expected {' or '.join(wanted.types)}"
    return broken(said) if words.isdisjoint(wanted.types) else held(said)


EXPECTATION = Expectation(id="type", parameters=Type, check=check)
