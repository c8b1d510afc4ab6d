"""What a column's Arrow type means, and what it means that it changed: pure, from the names of types alone."""

import re
from enum import StrEnum
from functools import cache
from typing import NamedTuple

DICTIONARY = re.compile(r"dictionary<values=(.+?), indices=\w+, ordered=\w+>")
WIDTH = re.compile(r"(bool|uint|int|halffloat|float|double|decimal)(\d*)")
FLOATS = {"halffloat": 16, "float": 32, "double": 64}
TEXT = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "fixed_size_binary")
EXTENSIONS = {"extension<arrow.json>": "string", "extension<arrow.uuid>": "fixed_size_binary[16]",
              "extension<arrow.bool8>": "bool"}  # fmt: skip
TIMES = {"timestamp": "timestamp", "date32": "date", "date64": "date", "time32": "time", "time64": "time",
         "duration": "duration"}  # fmt: skip
PRECISION = {16: 11, 32: 24, 64: 53}


class Change(StrEnum):
    """What became of a type."""

    SAME = "the same"
    WIDENED = "widened"
    NARROWED = "narrowed"
    FORM = "written otherwise"
    KIND = "of another kind"


class Logical(NamedTuple):
    """What the values of a type are: numbers, text, or times of one sort; and which form and width they have."""

    sort: str
    form: str
    width: int = 0

    def __str__(self) -> str:
        """Name it as the manifest does."""
        return self.word

    @property
    def word(self) -> str:
        """Spell it in a few letters."""
        return f"{self.form}{self.width or ''}"

    @classmethod
    def spelled(cls, word: str) -> "Logical":
        """Read what `word` gave."""
        form = word.rstrip("0123456789")
        sort = next((sort for sort, forms in SORTS.items() if form in forms), "nested")
        return cls(sort, form, int(word[len(form) :] or 0))


SORTS = {
    "number": ("bool", "int", "uint", "float", "decimal"),
    "text": ("text", "binary"),
    "moment": ("timestamp", "date"),
    "time": ("time",),
    "duration": ("duration",),
    "empty": ("empty",),
}


@cache
def logical(arrow: str) -> Logical:
    """Read the name of an Arrow type, such as `dictionary<values=string, indices=int32, ordered=0>`."""
    arrow = EXTENSIONS.get(arrow, arrow)
    if (inner := DICTIONARY.fullmatch(arrow)) is not None:
        return logical(inner.group(1))
    name = re.split(r"[\[(<, ]", arrow, maxsplit=1)[0]
    if name in ("null", ""):
        return Logical("empty", "empty")
    if name in TEXT:
        return Logical("text", "text" if "string" in name else "binary")
    if name in TIMES:
        form = TIMES[name]
        return Logical("moment" if form in ("timestamp", "date") else form, form)
    if (number := WIDTH.fullmatch(name)) is None:
        return Logical("nested", "nested")
    form, width = number.groups()
    if form in FLOATS:
        return Logical("number", "float", FLOATS[form])
    return Logical("number", form, 0 if form in ("bool", "decimal") else int(width))


def change(known: Logical, now: Logical) -> Change:
    """Say what it means that a column of one type is now of another.

    Forms of text, units and zones of timestamps, and dictionaries are no change. A type that holds every value of the
    old one is wider; one that may not is narrower. Whole numbers where there were fractions, or the reverse, are told
    as another way to write numbers: a column without a null is often written as integers.
    """
    if known == now or "empty" in (known.sort, now.sort):
        return Change.SAME
    if known.sort != now.sort:
        return Change.KIND
    if known.sort in ("text", "nested"):
        return Change.FORM if known.form != now.form else Change.SAME
    if known.sort == "moment":
        return Change.WIDENED if now.form == "timestamp" else Change.NARROWED
    return _of_numbers(known, now)


def _of_numbers(known: Logical, now: Logical) -> Change:
    if _holds(now, known):
        return Change.WIDENED
    if known.form == now.form or {known.form, now.form} <= {"bool", "int", "uint"}:
        return Change.NARROWED
    return Change.FORM


def _holds(wide: Logical, narrow: Logical) -> bool:
    """Tell whether one type of number has every value of another."""
    if narrow.form == "bool":
        return True
    if wide.form == "float":
        return narrow.width <= wide.width if narrow.form == "float" else _bits(narrow) <= PRECISION[wide.width]
    if wide.form == "decimal":
        return narrow.form in ("int", "uint")
    if wide.form == narrow.form:
        return wide.width >= narrow.width
    return (wide.form, narrow.form) == ("int", "uint") and wide.width > narrow.width


def _bits(narrow: Logical) -> int:
    return 1_000 if narrow.form == "decimal" else narrow.width
