"""Careful hands for documents of any shape that others sent."""

from collections.abc import Mapping
from typing import Any


def at(document: object, *path: str | int) -> Any:
    """Look up a place in a document of any shape; `None` where there is none."""
    for part in path:
        if isinstance(document, Mapping) and isinstance(part, str):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


def text(document: object, *path: str | int) -> str | None:
    """Look up a text that is not empty; a text alone in a list counts as the text."""
    found = at(document, *path)
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, str) and found else None


def listed(document: object, *path: str | int) -> list[Any]:
    """Look up a list, which is empty where there is none."""
    found = at(document, *path)
    return found if isinstance(found, list) else []
