"""Reports in S3: each file stored once, under lock, with a checksum that S3 checks."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from holdfast.batches.adapter import BROKEN_OFF, OVERWRITTEN
from holdfast.batches.entries import NO_VERSION
from holdfast.batches.report.entries import StoredFile
from holdfast.batches.settings import ReporterSettings
from holdfast.shared.clients import client, code_of, translate
from holdfast.shared.errors import TransientError

CONFLICT = frozenset({"ConditionalRequestConflict", "409"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is stored, and its bytes: another delivery's, if that was first."""

    file: StoredFile
    data: bytes


class ReportStore:
    """Keep reports; never replace one, never shorten a lock."""

    def __init__(self, s3: Any, settings: ReporterSettings) -> None:
        self._s3 = s3
        self._settings = settings

    @classmethod
    def connect(cls, settings: ReporterSettings) -> "ReportStore":
        """Open the bucket of reports."""
        return cls(client("s3"), settings)

    def keep(self, key: str, data: bytes, *, content_type: str, until: datetime) -> Kept:
        """Store a file under lock unless it is there; then give the one that is."""
        digest = hashlib.sha256(data)
        try:
            answer = self._s3.put_object(
                **self._place(key), Body=data, ContentType=content_type, IfNoneMatch="*",
                ChecksumAlgorithm="SHA256", ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
                ObjectLockMode=self._settings.lock_mode,
                ObjectLockRetainUntilDate=until,
            )  # fmt: skip
        except ClientError as error:
            if code_of(error) in CONFLICT:
                raise TransientError(f"report {key} is being stored by another") from error
            if code_of(error) not in OVERWRITTEN:
                raise translate(error, f"storing report {key}") from error
            return self._stored(key)
        return Kept(self._file(key, data, answer.get("VersionId", NO_VERSION)), data)

    def _stored(self, key: str) -> Kept:
        try:
            answer = self._s3.get_object(**self._place(key))
            data: bytes = answer["Body"].read()
        except ClientError as error:
            raise translate(error, f"reading report {key}") from error
        except BROKEN_OFF as error:
            raise TransientError(f"reading report {key}: the connection broke off") from error
        return Kept(self._file(key, data, answer.get("VersionId", NO_VERSION)), data)

    def _file(self, key: str, data: bytes, version: str) -> StoredFile:
        uri = f"s3://{self._settings.report_bucket}/{key}"
        return StoredFile(uri=uri, version_id=version, sha256=hashlib.sha256(data).hexdigest(), size=len(data))

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self._settings.report_bucket, "Key": key, "ExpectedBucketOwner": self._settings.account}
