"""What the manifest says of a model's batches."""

import re
from datetime import datetime
from functools import cache
from pkgutil import iter_modules
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from holdfast.batches import detectors

BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
URI = re.compile(rf"s3://({BUCKET[1:-1]})/([^/].*)")
READ_AS_PATTERN = frozenset("*?$")
EXACT = "exact"
Whole = Annotated[int, Strict()]
Share = Annotated[float, Strict(), Field(gt=0, lt=1)]


class Policy(BaseModel):
    """A part of the manifest: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@cache
def _detectors() -> list[str]:
    return sorted(module.name for module in iter_modules(detectors.__path__))


def _known(name: str) -> str:
    if name not in _detectors():
        raise ValueError(f"no such detector, expected one of {', '.join(_detectors())}")
    return name


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or len(set(names)) < len(names):
        raise ValueError("expected at least one detector, and each once")
    return names


def _bucket(name: str) -> str:
    if ".." in name or re.fullmatch(r"[0-9]+(\.[0-9]+){3}", name):
        raise ValueError("expected a name that S3 gives to buckets: no two dots in a row, no IP address")
    return name


def _literal(path: str) -> str:
    if not READ_AS_PATTERN.isdisjoint(path) or not path.isprintable():
        raise ValueError("expected no * ? $ and no control character: grants would read them as a pattern")
    return path


def _folder(prefix: str) -> str:
    if prefix.startswith("/") or not prefix.endswith("/"):
        raise ValueError("expected a prefix that ends with / and does not start with it, such as orders/batches/")
    return _literal(prefix)


def _object_uri(uri: str) -> str:
    if URI.fullmatch(uri) is None:
        raise ValueError("expected s3://bucket/key")
    return _literal(uri)


def _moment(said: Any) -> Any:
    try:
        said = datetime.fromisoformat(said) if isinstance(said, str) and said != "deploy" else said
    except ValueError:
        said = None
    if said == "deploy" or (isinstance(said, datetime) and said.tzinfo is not None):
        return said
    raise ValueError("expected deploy, or a time with its zone such as 2026-01-31T00:00:00Z")


BucketName = Annotated[str, Field(pattern=BUCKET), AfterValidator(_bucket)]
Prefix = Annotated[str, Field(min_length=1, max_length=900), AfterValidator(_folder)]
ObjectUri = Annotated[str, Field(max_length=1100), AfterValidator(_object_uri)]
DetectorName = Annotated[str, AfterValidator(_known)]


def bucket_of(uri: str) -> str:
    """Give the bucket of an s3 URI."""
    return uri.removeprefix("s3://").partition("/")[0]


def key_of(uri: str) -> str:
    """Give the key of an s3 URI, as it is."""
    return uri.removeprefix("s3://").partition("/")[2]


class BatchSource(Policy):
    """Where a model's batches land, and from when on they are judged."""

    bucket: BucketName
    prefix: Prefix
    since: Annotated[Literal["deploy"] | AwareDatetime, BeforeValidator(_moment)] = "deploy"
    silent_after_hours: Whole | None = Field(default=None, ge=1, le=24 * 7)

    def covers(self, bucket: str, key: str) -> bool:
        """Tell whether an object is one of these batches."""
        return bucket == self.bucket and key.startswith(self.prefix)

    def starts(self, watched_from: datetime) -> datetime:
        """Give the time from which on objects count."""
        return watched_from if self.since == "deploy" else self.since


class SchemaPolicy(Policy):
    """Columns without which a batch is of no use: their loss or change of type quarantines it."""

    critical: tuple[Annotated[str, Field(min_length=1)], ...] = ()


class DriftPolicy(Policy):
    """When a difference is drift: significance, size, and what measures it."""

    alpha: Share = 0.01
    effect: Share = 0.05
    minimum_rows: Whole = Field(default=100, ge=2, le=1_000_000_000)
    detectors: Annotated[tuple[DetectorName, ...], AfterValidator(_distinct)] = (EXACT,)
