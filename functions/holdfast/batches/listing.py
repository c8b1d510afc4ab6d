"""What a listing of a prefix shows: versions of objects, part by part."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One version of an object, as a listing shows it."""

    bucket: str
    key: str
    version_id: str
    etag: str
    size: int
    modified: datetime
    is_latest: bool = True


@dataclass(frozen=True, slots=True)
class Marker:
    """Where in a listing to go on."""

    key: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a listing, and where the next part begins."""

    versions: tuple[Listed, ...]
    following: Marker | None
