"""What the manifest says of a model's batches."""

from datetime import datetime
from pkgutil import iter_modules
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from holdfast.batches import detectors

BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
EXACT = "exact"


class Policy(BaseModel):
    """A part of the manifest: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _known(name: str) -> str:
    names = sorted(module.name for module in iter_modules(detectors.__path__))
    if name not in names:
        raise ValueError(f"no such detector, expected one of {', '.join(names)}")
    return name


def _folder(prefix: str) -> str:
    if prefix.startswith("/") or not prefix.endswith("/"):
        raise ValueError("expected a prefix that ends with / and does not start with it, such as orders/batches/")
    return prefix


def _object_uri(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("expected s3://bucket/key")
    return uri


Prefix = Annotated[str, Field(min_length=1, max_length=900), AfterValidator(_folder)]
ObjectUri = Annotated[str, Field(max_length=1100), AfterValidator(_object_uri)]
DetectorName = Annotated[str, AfterValidator(_known)]


def bucket_of(uri: str) -> str:
    """Give the bucket of an s3 URI."""
    return urlsplit(uri).netloc


def key_of(uri: str) -> str:
    """Give the key of an s3 URI, as it is."""
    return uri.removeprefix(f"s3://{bucket_of(uri)}/")


class BatchSource(Policy):
    """Where a model's batches land, and from when on they are judged."""

    bucket: str = Field(pattern=BUCKET)
    prefix: Prefix
    since: Literal["deploy"] | AwareDatetime = "deploy"
    silent_after_hours: int | None = Field(default=None, ge=1, le=24 * 7)

    def covers(self, bucket: str, key: str) -> bool:
        """Tell whether an object is one of these batches."""
        return bucket == self.bucket and key.startswith(self.prefix)

    def starts(self, watched_from: datetime) -> datetime:
        """Give the time from which on objects count."""
        return watched_from if self.since == "deploy" else self.since


class SchemaPolicy(Policy):
    """Columns without which a batch is of no use: their loss or change of type quarantines it."""

    critical: tuple[str, ...] = ()


class DriftPolicy(Policy):
    """When a difference is drift: significance, size, and what measures it."""

    alpha: float = Field(default=0.01, gt=0, lt=1)
    effect: float = Field(default=0.05, gt=0, lt=1)
    minimum_rows: int = Field(default=100, ge=2)
    detectors: tuple[DetectorName, ...] = (EXACT,)
