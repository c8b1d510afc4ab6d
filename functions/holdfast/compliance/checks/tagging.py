"""Tags that a resource must carry."""

from collections.abc import Sequence
from typing import Any

from holdfast.compliance.facts import Facts, Read
from holdfast.compliance.parameters import Listed, Parameters

OF_AWS = "aws:"


class RequiredTags(Parameters):
    """The tag keys asked for, in their exact spelling; without any, one tag of whatever key will do."""

    required_key_tags: Listed = ()


def untagged(facts: Facts, tags: Read) -> str | None:
    """Say which tags are missing; those that AWS sets itself do not count."""
    keys = _own(facts[tags].get("TagSet", []))
    if not keys:
        return "there is no tag besides AWS's own"
    missing = [key for key in facts.given(RequiredTags).required_key_tags if key not in keys]
    return f"tags are missing: {', '.join(missing)}" if missing else None


def _own(tags: Sequence[Any]) -> set[str]:
    return {key for tag in tags if isinstance(key := tag.get("Key"), str) and not key.lower().startswith(OF_AWS)}
