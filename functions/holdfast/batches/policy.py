"""What the manifest says of a model's batches."""

import re
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from holdfast.batches import detectors
from holdfast.batches.expected import Expected
from holdfast.shared.contract import explained

BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
URI = re.compile(rf"s3://({BUCKET[1:-1]})/([^/].*)")
READ_AS_PATTERN = frozenset("*?$")
EXACT = "exact"
Whole = Annotated[int, Strict()]
Share = Annotated[float, Strict(), Field(gt=0, lt=1)]
Weight = Annotated[float, Strict(), Field(ge=0, le=1_000)]
MOST_COLUMNS = 10_000


class Policy(BaseModel):
    """A part of the manifest: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


@cache
def _detectors() -> list[str]:
    return sorted(module.name for module in iter_modules(detectors.__path__))


def _known(name: str) -> str:
    if name not in _detectors():
        raise ValueError(f"no such detector, expected one of {', '.join(_detectors())}")
    return name


def _distinct(chosen: "tuple[str | DetectorChoice, ...]") -> "tuple[str | DetectorChoice, ...]":
    names = [one if isinstance(one, str) else one.name for one in chosen]
    if not names or len(set(names)) < len(names):
        raise ValueError("expected at least one detector, and each once")
    return chosen


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
ClosedBy = Literal["object", "success", "manifest"]
ObjectUri = Annotated[str, Field(max_length=1100), AfterValidator(_object_uri)]
DetectorName = Annotated[str, AfterValidator(_known)]


class DetectorChoice(Policy):
    """A detector by its name, and what it is told: the keys are those of its own arguments."""

    name: DetectorName
    arguments: dict[str, Any] = {}

    @field_validator("arguments")
    @classmethod
    def _obeyed(cls, arguments: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if "name" in info.data:
            cls.model_construct(name=info.data["name"], arguments=arguments).settled()
        return arguments

    def settled(self) -> BaseModel:
        """Read the arguments as the detector's own; raises `ValueError` naming what it does not take."""
        detector = import_module(f"{detectors.__name__}.{self.name}").DETECTOR
        try:
            settled: BaseModel = detector.arguments.model_validate(self.arguments)
        except ValidationError as error:
            known = ", ".join(detector.arguments.model_fields) or "no arguments"
            raise ValueError(f"{explained(error)}; {self.name} takes {known}") from error
        return settled


def _spelled(value: object) -> str:
    return "[choice]" if isinstance(value, dict | DetectorChoice) else "[name]"


Chosen = Annotated[
    Annotated[DetectorName, Tag("[name]")] | Annotated[DetectorChoice, Tag("[choice]")], Discriminator(_spelled)
]


def bucket_of(uri: str) -> str:
    """Give the bucket of an s3 URI."""
    return uri.removeprefix("s3://").partition("/")[0]


def key_of(uri: str) -> str:
    """Give the key of an s3 URI, as it is."""
    return uri.removeprefix("s3://").partition("/")[2]


class Due(Policy):
    """How long after one batch the next must have come: so many hours, and so many more of patience."""

    every_hours: Whole = Field(ge=1, le=24 * 366)
    grace_hours: Whole = Field(default=0, ge=0, le=24 * 31)


class BatchSource(Policy):
    """Where a model's batches land, what closes one, when one is due, and from when on they are judged."""

    bucket: BucketName
    prefix: Prefix
    since: Annotated[Literal["deploy"] | AwareDatetime, BeforeValidator(_moment)] = "deploy"
    silent_after_hours: Whole | None = Field(default=None, ge=1, le=24 * 7)
    closed_by: ClosedBy = "object"
    due: Due | None = None

    def covers(self, bucket: str, key: str) -> bool:
        """Tell whether an object is one of these batches."""
        return bucket == self.bucket and key.startswith(self.prefix)

    def starts(self, watched_from: datetime) -> datetime:
        """Give the time from which on objects count."""
        return watched_from if self.since == "deploy" else self.since


class SeasonalPolicy(Policy):
    """Which earlier batches a batch is like: those of the same month last year, or of the last same weekdays."""

    same: Literal["month", "weekday"]


class SchemaPolicy(Policy):
    """Columns without which a batch is of no use, and what becomes of a column that is new.

    The loss of a critical column or its change of kind quarantines the batch. With `optional` the contract takes a new
    column in as one that may be there or not; with `none` it is a notice each time.
    """

    critical: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    evolve: Literal["optional", "none"] = "none"


Expectations = Annotated[tuple[Expected, ...], Field(max_length=1_000)]


class ColumnPolicy(Policy):
    """How one column differs from the rest: its own threshold, its weight in the score, or that drift in it is ignored.

    A weight of 0 means that the column is told of, as a notice at most, and decides nothing.
    """

    effect: Share | None = None
    weight: Weight = 1.0
    ignore: Annotated[bool, Strict()] = False


class DriftPolicy(Policy):
    """When a difference is drift: significance, size, the score of the whole batch, and what measures it."""

    alpha: Share = 0.01
    effect: Share = 0.05
    minimum_rows: Whole = Field(default=100, ge=2, le=1_000_000_000)
    detectors: Annotated[tuple[Chosen, ...], AfterValidator(_distinct)] = (EXACT,)
    score: Share | None = None
    columns: dict[Annotated[str, Field(min_length=1)], ColumnPolicy] = Field(default={}, max_length=MOST_COLUMNS)

    @property
    def choices(self) -> tuple[DetectorChoice, ...]:
        """Give the detectors with what each is told."""
        return tuple(one if isinstance(one, DetectorChoice) else DetectorChoice(name=one) for one in self.detectors)

    def of(self, name: str) -> ColumnPolicy:
        """Give what is said of a column, or what holds for one of which nothing is said."""
        return self.columns.get(name, ColumnPolicy())
