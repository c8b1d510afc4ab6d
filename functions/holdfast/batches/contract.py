"""What reaches this domain, by either door, and what it says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote_plus

from pydantic import (
    AliasPath,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from holdfast.batches.policy import ClosedBy
from holdfast.batches.reading.format import suffixes
from holdfast.shared.contract import Received

CREATED, DELETED = "Object Created", "Object Deleted"
TABULAR = suffixes()
OWN_FOLDERS = frozenset({"quarantine", "report", "reports"})
MARKER, LISTS = "_SUCCESS", (".manifest", "manifest.json")


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> datetime | None:
    """Take what cannot be read as not said."""
    try:
        moment: datetime | None = read(value)
    except ValidationError:
        return None
    return moment


def _decoded(key: object) -> object:
    """Decode a notification's key exactly once; what is not UTF-8 then names no object."""
    try:
        return unquote_plus(key, errors="strict") if isinstance(key, str) else key
    except UnicodeDecodeError as error:
        raise ValueError("is not utf-8 once decoded") from error


def _text(value: object) -> object:
    return value if isinstance(value, str) and value else None


Name = Annotated[str, Field(min_length=1, max_length=2048)]
Moment = Annotated[AwareDatetime | None, WrapValidator(_or_none)]
Hint = Annotated[str | None, BeforeValidator(_text)]
Size = Annotated[int | None, Field(ge=0)]


class _Told(Received):
    """One object's event on the wire: fields answer to AWS's names alone."""

    model_config = ConfigDict(populate_by_name=False, defer_build=True)


class _Envelope(_Told):
    """An S3 event as EventBridge delivers it: the key stands as it is."""

    happened: Name = Field(validation_alias="detail-type")
    account: Hint = None
    region: Hint = None
    event_id: Hint = Field(default=None, validation_alias="id")
    time: Moment = None
    bucket: Name = Field(validation_alias=AliasPath("detail", "bucket", "name"))
    key: Name = Field(validation_alias=AliasPath("detail", "object", "key"))
    version_id: Hint = Field(default=None, validation_alias=AliasPath("detail", "object", "version-id"))
    etag: Hint = Field(default=None, validation_alias=AliasPath("detail", "object", "etag"))
    size: Size = Field(default=None, validation_alias=AliasPath("detail", "object", "size"))
    sequencer: Hint = Field(default=None, validation_alias=AliasPath("detail", "object", "sequencer"))


class _Record(_Told):
    """One record of an S3 notification: the key is URL-encoded, with a plus for a space."""

    happened: Name = Field(validation_alias="eventName")
    account: None = None
    region: Hint = Field(default=None, validation_alias="awsRegion")
    event_id: Hint = Field(default=None, validation_alias=AliasPath("responseElements", "x-amz-request-id"))
    time: Moment = Field(default=None, validation_alias="eventTime")
    bucket: Name = Field(validation_alias=AliasPath("s3", "bucket", "name"))
    key: Annotated[Name, BeforeValidator(_decoded)] = Field(validation_alias=AliasPath("s3", "object", "key"))
    version_id: Hint = Field(default=None, validation_alias=AliasPath("s3", "object", "versionId"))
    etag: Hint = Field(default=None, validation_alias=AliasPath("s3", "object", "eTag"))
    size: Size = Field(default=None, validation_alias=AliasPath("s3", "object", "size"))
    sequencer: Hint = Field(default=None, validation_alias=AliasPath("s3", "object", "sequencer"))


@dataclass(frozen=True, slots=True)
class BatchArrived:
    """Something happened to one object, whichever door the news came by; `happened` is EventBridge's word for it."""

    happened: str
    account: str | None
    region: str | None
    bucket: str
    key: str
    version_id: str | None
    etag: str | None
    size: int | None
    sequencer: str | None
    time: datetime | None
    event_id: str | None

    @classmethod
    def receive(cls, body: object) -> tuple["BatchArrived", ...]:
        """Read a message of either door, which may tell of several objects, or raise `ContractError`."""
        if isinstance(body, Mapping) and isinstance(records := body.get("Records"), list):
            return tuple(cls.receive_record(record) for record in records)
        return (cls(**dict(_Envelope.receive(body))),)

    @classmethod
    def receive_record(cls, record: object) -> "BatchArrived":
        """Read one record of a notification, or raise `ContractError`."""
        told: dict[str, Any] = dict(_Record.receive(record))
        return cls(**{**told, "happened": _happened(told["happened"])})


def _happened(event_name: str) -> str:
    """Give EventBridge's word for a notification's event name; vendors' samples carry a prefix `s3:`."""
    name = event_name.removeprefix("s3:")
    if name.startswith("ObjectCreated:"):
        return CREATED
    return DELETED if name.startswith(("ObjectRemoved:", "LifecycleExpiration:")) else name


def ignored(arrived: BatchArrived, *, below: str = "", closed_by: ClosedBy = "object") -> str | None:
    """Say why an object is no batch and closes none, or `None`; `below` is the prefix someone governs by name."""
    if arrived.happened != CREATED:
        return f"{arrived.happened}: no new object"
    if arrived.key.endswith("/"):
        return "a folder key holds no data"
    folders = arrived.key.removeprefix(below).split("/")[:-1]
    if own := OWN_FOLDERS.intersection(folders):
        return f"under a {min(own)} prefix: what is kept there is no batch"
    if closed_by == "success":
        return _closes_nothing(arrived.key, folders)
    if arrived.size == 0:
        return "the object is empty"
    if closed_by == "manifest" and arrived.key.lower().endswith(LISTS):
        return None
    if not arrived.key.lower().endswith(TABULAR):
        return f"not tabular: the key ends in none of {', '.join(TABULAR)}"
    return "part of a batch that a manifest file lists" if closed_by == "manifest" else None


def _closes_nothing(key: str, folders: Sequence[str]) -> str | None:
    """Say why an object does not close its folder: what writers hide while they write is not theirs to close."""
    if hidden := next((name for name in folders if is_hidden(name)), None):
        return f"under {hidden[:60]}: what is hidden is no batch"
    return None if key.rpartition("/")[2] == MARKER else f"part of a batch that its {MARKER} closes"


def is_hidden(name: str) -> bool:
    """Tell whether every reader of a folder passes a name over: it begins with a dot, or an underscore.

    A partition by a column whose own name begins so, `_day=2`, is read by Spark: what one reader may take is data.
    """
    return name.startswith(".") or (name.startswith("_") and "=" not in name)
