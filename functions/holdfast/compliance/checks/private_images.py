"""Where the image of a model's container comes from."""

from collections.abc import Mapping
from typing import Any

from holdfast.compliance.inside import at

PRIVATE = "Vpc"


def public_image(container: Mapping[str, Any]) -> str | None:
    """Say that a container's image does not come from a registry in the VPC, or give `None`."""
    mode = at(container, "ImageConfig", "RepositoryAccessMode")
    if mode == PRIVATE:
        return None
    return "has no ImageConfig" if mode is None else f"has RepositoryAccessMode {mode}, expected {PRIVATE}"
