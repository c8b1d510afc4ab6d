"""The quarantine in S3: copy one version aside, once, and mark the original beside its own tags."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.batches.adapter import GONE, OVERWRITTEN
from holdfast.batches.entries import NO_VERSION, ObjectRead
from holdfast.batches.quarantine import MOST_IN_ONE_COPY, Marking, copy_key, marked, parts, unmarked
from holdfast.batches.settings import QuarantineSettings
from holdfast.shared.clients import client, code_of, translate
from holdfast.shared.errors import TransientError

VANISHED = frozenset({"NoSuchKey", "NoSuchVersion"})
CONFLICT = frozenset({"ConditionalRequestConflict", "409"})


class Quarantine:
    """Keep refused batches; never delete, never change anyone's tags but our own."""

    def __init__(self, s3: Any, settings: QuarantineSettings) -> None:
        self._s3 = s3
        self._bucket = settings.quarantine_bucket
        self._account = settings.account

    @classmethod
    def connect(cls, settings: QuarantineSettings) -> "Quarantine":
        """Open the quarantine these settings name."""
        return cls(client("s3"), settings)

    def keep(self, model: str, judged: ObjectRead) -> ObjectRead | None:
        """Copy an object of a batch aside unless its copy is there; `None` if it is gone or overwritten."""
        key = copy_key(model, judged)
        if (kept := self._kept(key)) is not None:
            return kept
        if (size := self._size(judged)) is None:
            return None
        try:
            self._copy(judged, key) if size <= MOST_IN_ONE_COPY else self._copy_in_parts(judged, key, size)
        except ClientError as error:
            if code_of(error) in CONFLICT:
                raise TransientError(f"s3://{self._bucket}/{key} is being copied by another") from error
            if code_of(error) not in VANISHED | OVERWRITTEN:
                raise translate(error, f"copying a refused batch to s3://{self._bucket}/{key}") from error
        return self._kept(key)

    def mark(self, judged: ObjectRead, verdict: str) -> Marking | None:
        """Add our tags to the original's own; `None` if it is gone or overwritten."""
        existing = self._tags(judged)
        if existing is None:
            return None
        marking = marked(existing, verdict)
        return marking if self._retag(judged, existing, marking.tags) else None

    def unmark(self, judged: ObjectRead, verdict: str) -> bool:
        """Take our tags off the original; `False` if it is gone or overwritten."""
        existing = self._tags(judged)
        return existing is not None and self._retag(judged, existing, unmarked(existing, verdict))

    def _tags(self, judged: ObjectRead) -> dict[str, str] | None:
        """Read the tags of the original; `None` if it is gone or overwritten."""
        if judged.version_id == NO_VERSION and self._size(judged) is None:
            return None
        try:
            found = self._s3.get_object_tagging(**self._place(judged))["TagSet"]
        except ClientError as error:
            if code_of(error) in GONE:
                return None
            raise translate(error, f"reading the tags of s3://{judged.bucket}/{judged.key[:100]}") from error
        return {tag["Key"]: tag["Value"] for tag in found}

    def _retag(self, judged: ObjectRead, existing: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
        """Set the original's tags if they are not as wanted; `False` if it is gone."""
        if wanted == existing:
            return True
        tags = [{"Key": name, "Value": value} for name, value in wanted.items()]
        try:
            if tags:
                self._s3.put_object_tagging(**self._place(judged), Tagging={"TagSet": tags})
            else:
                self._s3.delete_object_tagging(**self._place(judged))
        except ClientError as error:
            if code_of(error) in GONE:
                return False
            raise translate(error, f"marking s3://{judged.bucket}/{judged.key[:100]}") from error
        return True

    def _kept(self, key: str) -> ObjectRead | None:
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=key, ExpectedBucketOwner=self._account)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey"):
                return None
            raise translate(error, f"looking for the copy s3://{self._bucket}/{key}") from error
        version = head.get("VersionId", NO_VERSION)
        return ObjectRead(bucket=self._bucket, key=key, version_id=version, etag=head["ETag"].strip('"'))

    def _size(self, judged: ObjectRead) -> int | None:
        """Look at the original, exactly as it was judged; `None` if it is not that any more."""
        match = {"IfMatch": f'"{judged.etag}"'} if judged.etag else {}
        try:
            size: int = self._s3.head_object(**self._place(judged), **match)["ContentLength"]
        except ClientError as error:
            if code_of(error) in GONE | OVERWRITTEN:
                return None
            raise translate(error, f"looking at s3://{judged.bucket}/{judged.key[:100]}") from error
        return size

    def _place(self, judged: ObjectRead) -> dict[str, str]:
        place = {"Bucket": judged.bucket, "Key": judged.key, "ExpectedBucketOwner": self._account}
        return place if judged.version_id == NO_VERSION else place | {"VersionId": judged.version_id}

    def _call(self, judged: ObjectRead, key: str) -> dict[str, Any]:
        source = {"Bucket": judged.bucket, "Key": judged.key}
        if judged.version_id != NO_VERSION:
            source["VersionId"] = judged.version_id
        match = {"CopySourceIfMatch": f'"{judged.etag}"'} if judged.etag else {}
        owners = {"ExpectedBucketOwner": self._account, "ExpectedSourceBucketOwner": self._account}
        return {"Bucket": self._bucket, "Key": key, "CopySource": source, **match, **owners}

    def _copy(self, judged: ObjectRead, key: str) -> None:
        self._s3.copy_object(**self._call(judged, key), TaggingDirective="REPLACE", IfNoneMatch="*")

    def _copy_in_parts(self, judged: ObjectRead, key: str, size: int) -> None:
        place = {"Bucket": self._bucket, "Key": key, "ExpectedBucketOwner": self._account}
        upload = {**place, "UploadId": self._s3.create_multipart_upload(**place)["UploadId"]}
        try:
            done = [
                self._copy_part(judged, upload, part.number, f"bytes={part.first}-{part.last}") for part in parts(size)
            ]
            self._s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": done}, IfNoneMatch="*")
        except (ClientError, BotoCoreError):
            self._s3.abort_multipart_upload(**upload)
            raise

    def _copy_part(self, judged: ObjectRead, upload: dict[str, Any], number: int, span: str) -> dict[str, Any]:
        call = self._call(judged, upload["Key"]) | {"UploadId": upload["UploadId"]}
        answer = self._s3.upload_part_copy(**call, PartNumber=number, CopySourceRange=span)
        return {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}
