"""Read a bucket's live settings."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from holdfast.compliance.control import BUCKET, Control, Fact, Read, Readings, Unread
from holdfast.compliance.settings import ComplianceSettings
from holdfast.shared.clients import DENIED, client, code_of, translate
from holdfast.shared.errors import TransientError

GONE = "NoSuchBucket"


class BucketAdapter:
    """What S3 says of a bucket of this account."""

    def __init__(self, s3: Any, s3control: Any, account: str) -> None:
        self._s3 = s3
        self._s3control = s3control
        self.account = account

    @classmethod
    def connect(cls, settings: ComplianceSettings) -> "BucketAdapter":
        """Use the clients of this environment."""
        return cls(client("s3"), client("s3control"), settings.account)

    def readings(self, bucket: str, controls: Sequence[Control]) -> Readings | None:
        """Read each fact the controls need once; `None` if the bucket is gone."""
        found: dict[str, Fact | Unread] = {BUCKET: {"Name": bucket}}
        for read in {read.fact: read for control in controls for read in control.reads}.values():
            fact = self._read(read, bucket)
            if fact is None:
                return None
            found[read.fact] = fact
        return found

    def _read(self, read: Read, bucket: str) -> Fact | Unread | None:
        try:
            answer = self._ask(read, bucket)
        except ClientError as error:
            return _meaning(error, read, bucket)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def _ask(self, read: Read, bucket: str) -> dict[str, Any]:
        if read.level == "account":
            answer: dict[str, Any] = getattr(self._s3control, read.operation)(AccountId=self.account)
        else:
            answer = getattr(self._s3, read.operation)(Bucket=bucket, ExpectedBucketOwner=self.account)
        return answer


def _meaning(error: ClientError, read: Read, bucket: str) -> Fact | Unread | None:
    """Tell what an error says: never set, gone, not readable; what needs patience is raised."""
    code = code_of(error)
    if code == read.absent:
        return {}
    if code == GONE:
        return None
    trouble = translate(error, f"bucket {bucket}")
    if isinstance(trouble, TransientError):
        raise trouble from error
    if code in DENIED:
        return Unread(
            f"could not be read: {read.permission} is denied; grant it, or see whether the bucket changed hands"
        )
    return Unread(f"could not be read: {read.operation} ({read.permission}) answered {code}")
