"""Objects in S3: read exactly the version that was told of, and list what a prefix holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from holdfast.batches.entries import NO_VERSION, ObjectRead
from holdfast.batches.listing import Listed, Marker, Page
from holdfast.batches.logic import Described
from holdfast.shared.clients import DENIED, client, code_of, translate
from holdfast.shared.errors import ConfigurationError, TransientError

GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "MethodNotAllowed", "404", "405"})
OVERWRITTEN = frozenset({"PreconditionFailed", "412"})
KEY_UNUSABLE = frozenset(
    {"KMS.DisabledException", "KMS.NotFoundException", "KMS.KMSInvalidStateException", "KMS.InvalidStateException"}
)
ARCHIVED = frozenset({"InvalidObjectState"})
WRITERS_KEY = frozenset({"InvalidRequest", "400"})
PIECE = 1024**2
BROKEN_OFF = (ConnectionClosedError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError)


@dataclass(frozen=True, slots=True)
class Absent:
    """What was told of is not there any more: nothing is wrong with anyone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Denied:
    """What was told of cannot be read by us: the operator must act."""

    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An object whose description is known and whose bytes can be fetched, once."""

    described: Described
    body: Any

    def read(self) -> bytes:
        """Fetch the bytes; raises `TransientError` if the connection breaks off."""
        try:
            data: bytes = self.body.read()
        except BROKEN_OFF as error:
            raise TransientError(f"reading {_named(self.described.source)}: the connection broke off") from error
        return data

    def save(self, file: Path) -> Path:
        """Fetch the bytes to a local file, a piece at a time; raises `TransientError` if the connection breaks off."""
        try:
            with file.open("wb") as kept:
                for piece in iter(lambda: self.body.read(PIECE), b""):
                    kept.write(piece)
        except BROKEN_OFF as error:
            raise TransientError(f"reading {_named(self.described.source)}: the connection broke off") from error
        return file

    def close(self) -> None:
        """Leave the bytes where they are."""
        self.body.close()


class ObjectStore:
    """Read objects of one account's buckets, and no one else's."""

    def __init__(self, s3: Any, account: str) -> None:
        self._s3 = s3
        self._account = account

    @classmethod
    def connect(cls, account: str) -> "ObjectStore":
        """Open S3 for the buckets of an account."""
        return cls(client("s3"), account)

    def open(self, wanted: ObjectRead) -> Opened | Absent | Denied:
        """Open exactly this version, or this content where there are no versions; say so if it cannot be had."""
        try:
            answer = self._s3.get_object(**self._exactly(wanted))
        except ClientError as error:
            return self._unopened(error, wanted)
        return Opened(_described(wanted, answer), answer["Body"])

    def look(self, wanted: ObjectRead) -> Described | Absent | Denied:
        """Describe exactly this version without its bytes, or the newest where none is named; or say what is wrong."""
        try:
            answer = self._s3.head_object(**self._exactly(wanted))
        except ClientError as error:
            return self._unopened(error, wanted)
        return _described(wanted, answer)

    def versions(self, bucket: str, prefix: str, *, after: Marker | None = None) -> Iterator[Page]:
        """List the versions below a prefix, page by page; a bucket without versions shows one, `null`, per key."""
        place: dict[str, str] = {}
        while True:
            if after is not None:
                place = {"KeyMarker": after.key} | ({"VersionIdMarker": after.version} if after.version else {})
            try:
                answer = self._s3.list_object_versions(
                    Bucket=bucket, Prefix=prefix, ExpectedBucketOwner=self._account, **place
                )
            except ClientError as error:
                raise translate(error, f"listing s3://{bucket}/{prefix}") from error
            after = _following(answer)
            yield Page(tuple(_listed(bucket, one) for one in answer.get("Versions", []) if _is_reachable(one)), after)
            if after is None:
                return

    def _exactly(self, wanted: ObjectRead) -> dict[str, str]:
        call = {"Bucket": wanted.bucket, "Key": wanted.key, "ExpectedBucketOwner": self._account}
        if wanted.etag:
            call["IfMatch"] = f'"{wanted.etag}"'
        if wanted.version_id != NO_VERSION:
            call["VersionId"] = wanted.version_id
        return call

    def _unopened(self, error: ClientError, wanted: ObjectRead) -> Absent | Denied:
        code, named = code_of(error), _named(wanted)
        if code in GONE:
            return Absent(f"gone: {code}")
        if code in OVERWRITTEN:
            return Absent("overwritten since: its content is not what was told of")
        if code in DENIED:
            return Denied(f"denied: {_permission(error, wanted)} on {named} is missing, or account {self._account} "
                          "does not own the bucket")  # fmt: skip
        if code in KEY_UNUSABLE:
            return Denied(f"the key that encrypts {named} cannot be used: {code}")
        if code in ARCHIVED:
            return Denied(f"{named} is archived and has to be restored to be read")
        if code in WRITERS_KEY:
            return Denied(f"{named} cannot be read without what its writer encrypted it with: {code}")
        raise translate(error, f"reading {named}") from error


def _described(wanted: ObjectRead, answer: dict[str, Any]) -> Described:
    said = {"version_id": answer.get("VersionId", wanted.version_id), "etag": answer["ETag"].strip('"')}
    return Described(wanted.model_copy(update=said), answer["ContentLength"], answer["LastModified"])


def _permission(error: ClientError, wanted: ObjectRead) -> str:
    if "kms:" in str(error.response.get("Error", {}).get("Message", "")).lower():
        return "kms:Decrypt"
    return "s3:GetObject" if wanted.version_id == NO_VERSION else "s3:GetObjectVersion"


def _named(source: ObjectRead) -> str:
    return f"arn:aws:s3:::{source.bucket}/{source.key[:100]}"


def _following(answer: dict[str, Any]) -> Marker | None:
    if not answer.get("IsTruncated"):
        return None
    if not answer.get("NextKeyMarker"):
        raise ConfigurationError("a truncated listing names no place to go on from")
    return Marker(answer["NextKeyMarker"], answer.get("NextVersionIdMarker"))


def _is_reachable(version: dict[str, Any]) -> bool:
    """Leave out what was written without a version and lies below a newer one: no call can ask for it by content."""
    return bool(version["IsLatest"]) or version.get("VersionId") not in (None, NO_VERSION)


def _listed(bucket: str, version: dict[str, Any]) -> Listed:
    return Listed(
        bucket, version["Key"], version.get("VersionId") or NO_VERSION, version["ETag"].strip('"'),
        version["Size"], version["LastModified"], bool(version["IsLatest"]),
    )  # fmt: skip
