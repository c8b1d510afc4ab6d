"""An index of several reports, in the order of their batches. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from holdfast.batches.report.document import BatchBefore
from holdfast.batches.report.elements import badge, row, table
from holdfast.batches.report.frame import framed
from holdfast.batches.report.markup import name, tag, text
from holdfast.batches.report.sources import strip_of

HEADINGS = (("batch", ""), ("verdict", ""), ("rows", "n"), ("effect ÷ threshold", "n"), ("why", ""))


@dataclass(frozen=True, slots=True)
class Listed:
    """A report as the index lists it: where it lies from there, what it is on, and its reason."""

    link: str
    batch: BatchBefore
    reason: str


def listing(title: str, listed: Sequence[Listed]) -> bytes:
    """Draw the index."""
    rows = (_row(one) for one in listed)
    header = tag("header", tag("h1", tag("b", "Batch reports"), " &nbsp;", name(title, most=140)))
    drawn = strip_of([one.batch for one in listed])
    body = tag(
        "main", drawn, table(HEADINGS, rows, "In the order given; each page has those before it as its history.")
    )
    return framed(title, header + body)


def _row(one: Listed) -> str:
    most = "" if one.batch.most is None else f"{one.batch.most:.2f}"
    return row(
        tag("a", name(one.batch.key), href=quote(one.link)), ("", "", badge(one.batch.level)),
        ("n", "rows", f"{one.batch.n:,}"), ("n", "effect ÷ threshold", most), ("w", "", text(one.reason)),
    )  # fmt: skip
