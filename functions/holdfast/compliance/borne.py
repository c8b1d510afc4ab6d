"""The tags that a resource bears, as a scope asks for them."""

from collections.abc import Mapping

from holdfast.compliance.facts import Readings, Unread
from holdfast.compliance.kind import Kind


def tags_of(kind: Kind, readings: Readings) -> Mapping[str, str] | None:
    """Give a resource's tags, or `None` if they cannot be read; raises `GoneError` if it is gone."""
    if kind.tags is None:
        return {}
    found = readings[kind.tags]
    return None if isinstance(found, Unread) else {tag["Key"]: tag["Value"] for tag in found.get("TagSet", ())}
