"""Baselines in S3: each stored under the SHA-256 of its bytes, and proved to be that when it is read."""

import hashlib
from typing import Any

from botocore.exceptions import ClientError

from holdfast.batches.adapter import BROKEN_OFF, OVERWRITTEN
from holdfast.shared.clients import client, code_of, translate
from holdfast.shared.errors import IntegrityError, TransientError

CONFLICT = frozenset({"ConditionalRequestConflict", "409"})


class BaselineStore:
    """Keep baselines for ever, under names that tell a changed byte."""

    def __init__(self, s3: Any, bucket: str, account: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._account = account

    @classmethod
    def connect(cls, bucket: str, account: str) -> "BaselineStore":
        """Open the state bucket."""
        return cls(client("s3"), bucket, account)

    def put(self, data: bytes) -> tuple[str, str]:
        """Store a baseline unless it is there, and give its SHA-256 and URI."""
        sha256 = hashlib.sha256(data).hexdigest()
        place = self._place(sha256)
        try:
            self._s3.put_object(**place, Body=data, IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) in CONFLICT:
                raise TransientError(f"baseline {sha256} is being stored by another") from error
            if code_of(error) not in OVERWRITTEN:
                raise translate(error, f"storing baseline {sha256}") from error
        return sha256, f"s3://{place['Bucket']}/{place['Key']}"

    def get(self, sha256: str) -> bytes:
        """Fetch a baseline; raises `IntegrityError` if its bytes are not what its name says."""
        try:
            data: bytes = self._s3.get_object(**self._place(sha256))["Body"].read()
        except ClientError as error:
            raise translate(error, f"reading baseline {sha256}") from error
        except BROKEN_OFF as error:
            raise TransientError(f"reading baseline {sha256}: the connection broke off") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise IntegrityError(f"baseline {sha256} in {self._bucket} was changed: its bytes have another hash")
        return data

    def _place(self, sha256: str) -> dict[str, str]:
        return {
            "Bucket": self._bucket,
            "Key": f"baselines/{sha256}.baseline",
            "ExpectedBucketOwner": self._account,
        }
