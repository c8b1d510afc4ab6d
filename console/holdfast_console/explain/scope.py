"""Which buckets and prefixes count as governed."""

from typing import Protocol

from holdfast.manifest import Manifest


class Scope(Protocol):
    """What must be known of the manifest to explain an event."""

    def watches(self, bucket: str) -> bool:
        """Tell whether compliance watches a bucket."""
        ...

    def prefixes(self, bucket: str, key: str) -> tuple[str, ...]:
        """Give the governed prefixes under which an object lies."""
        ...


class Everything:
    """Every bucket and every prefix is governed."""

    def watches(self, bucket: str) -> bool:
        """Say yes."""
        return bool(bucket)

    def prefixes(self, bucket: str, key: str) -> tuple[str, ...]:
        """Give the prefix that every key has."""
        return ("",) if bucket and key else ()


class Governed:
    """What the manifest governs."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def watches(self, bucket: str) -> bool:
        """Ask the manifest."""
        return self._manifest.watches(bucket)

    def prefixes(self, bucket: str, key: str) -> tuple[str, ...]:
        """Ask the manifest for the models whose batch the object may be."""
        return tuple(model.batches.prefix for model in self._manifest.models_of(bucket, key).values())
