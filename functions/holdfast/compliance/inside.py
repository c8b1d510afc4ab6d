"""What stands at a place inside a fact."""

from collections.abc import Mapping
from typing import Any


def at(fact: Mapping[str, Any], *path: str) -> Any:
    """Give what stands at a place, or `None` if the way there ends."""
    found: Any = fact
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def missing(fact: Mapping[str, Any], *path: str) -> str | None:
    """Say that nothing stands at a place, or give `None`."""
    return None if at(fact, *path) else f"{'.'.join(path)} is not set"
