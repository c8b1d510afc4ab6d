"""Which buckets and prefixes count as governed."""

from typing import Protocol

from holdfast.batches.policy import ClosedBy
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Governed as Rulebook
from holdfast.manifest import Manifest

Below = tuple[str, ClosedBy]


class Scope(Protocol):
    """What must be known of the manifest to explain an event."""

    def watches(self, kind: str, name: str) -> bool:
        """Tell whether compliance watches a resource of a kind."""
        ...

    def places(self, bucket: str, key: str) -> tuple[Below, ...]:
        """Give the governed prefixes under which an object lies, and what closes a batch there."""
        ...


class Everything:
    """Every bucket and every prefix is governed."""

    def watches(self, kind: str, name: str) -> bool:
        """Say yes."""
        return bool(name)

    def places(self, bucket: str, key: str) -> tuple[Below, ...]:
        """Give the prefix that every key has, below which each object is a batch."""
        return (("", "object"),) if bucket and key else ()


class Governed:
    """What the manifest governs."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._rules = Rulebook(manifest)

    def watches(self, kind: str, name: str) -> bool:
        """Ask the manifest, without the tags: which a resource bears is known only by looking."""
        return self._rules.watches(Resource(kind, name, "unknown"), lambda: None)

    def places(self, bucket: str, key: str) -> tuple[Below, ...]:
        """Ask the manifest for the models whose batch the object may be."""
        sources = (model.batches for model in self._manifest.models_of(bucket, key).values())
        return tuple((source.prefix, source.closed_by) for source in sources)
