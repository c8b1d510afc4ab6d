"""The elements that every part of the report is made of: levels, sections, and tables that stay tables. Pure."""

from collections.abc import Iterable, Sequence

from holdfast.batches.report.markup import tag
from holdfast.batches.verdict import Level

GLYPH = {
    Level.NONE: "✓", Level.NOTICE: "△", Level.DRIFT: "▲", Level.QUARANTINED: "✕", Level.NOT_ENOUGH_DATA: "…",
    Level.UNKNOWN: "?",
}  # fmt: skip
WORDS: dict[Level, str] = {
    Level.NONE: "no change", Level.NOT_ENOUGH_DATA: "not enough data", Level.QUARANTINED: "refused",
}  # fmt: skip


def badge(level: Level) -> str:
    """Write a level as a sign and a word, so that neither colour nor sign has to be seen."""
    word = WORDS.get(level, level.value)
    return tag("span", tag("i", GLYPH[level], aria_hidden="true"), word, cls=f"badge {level}")


def section(title: str, *inside: str, id_: str) -> str:
    """Write a section under its heading."""
    return tag("section", tag("h2", title, id=id_), *inside, aria_labelledby=id_)


def table(headings: Sequence[tuple[str, str]], rows: Iterable[str], caption: str, *, cls: str | None = None) -> str:
    """Write a table that stays one for a screen reader where a phone shows it as blocks."""
    head = "".join(tag("th", word, scope="col", role="columnheader", cls=cls or None) for word, cls in headings)
    inside = tag("thead", tag("tr", head, role="row"), role="rowgroup") + tag("tbody", *rows, role="rowgroup")
    return tag("table", tag("caption", caption), inside, role="table", cls=cls)


def row(header: str, *cells: tuple[str, str, str]) -> str:
    """Write a row: its header, then cells as (class, what it is called on a phone, markup)."""
    first = tag("th", header, scope="row", role="rowheader")
    rest = (tag("td", inside, cls=cls or None, data_is=is_ or None, role="cell") for cls, is_, inside in cells)
    return tag("tr", first, *rest, role="row")
