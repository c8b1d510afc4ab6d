"""The record a format is: how findings become a document."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from holdfast.compliance.formats import documents
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.shared.catalogue import discover

Findings = Iterable[JudgedFinding]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write findings down: `write` gives the document line by line, as the findings come."""

    id: str
    title: str
    write: Callable[[Findings], Iterator[str]]


@cache
def every_format() -> dict[str, Format]:
    """Give the formats by their ids."""
    return discover(documents, Format)


def capped(text: str, most: int) -> str:
    """Keep a text within a limit, and show where it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
