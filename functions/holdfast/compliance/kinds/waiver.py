"""A waiver in the manifest: it is itself judged, so that none is forgotten."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask
from holdfast.compliance.kind import Kind


def listed(ask: Ask) -> Iterator[str]:
    """Name the manifest's waivers."""
    yield from sorted(ask.waivers)


KIND = Kind(
    id="waiver",
    resource_type="Holdfast::Manifest::Waiver",
    noun="waiver",
    sources=(),
    events=(),
    named_by=(),
    lists=(),
    listed=listed,
    is_global=True,
)
