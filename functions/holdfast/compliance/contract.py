"""What CloudTrail tells us of a bucket, and what we find there."""

from typing import Annotated, ClassVar, Literal

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from holdfast.shared.contract import Emitted, Received
from holdfast.shared.errors import ContractError

CALL = "AWS API Call via CloudTrail"
SOURCE = "aws.s3"
CHANGES = ("CreateBucket", "PutBucket", "DeleteBucket")
OTHER_CHANGES = frozenset(
    {"PutPublicAccessBlock", "DeletePublicAccessBlock", "PutObjectLockConfiguration", "PutAccelerateConfiguration"}
)
READS = ("Get", "List", "Head", "Describe")

Verdict = Literal["pass", "fail", "unknown"]
Outcome = Literal["pass", "fail", "unknown", "deleted"]
Severity = Literal["low", "medium", "high", "critical"]


def _said(value: object) -> object:
    return value if isinstance(value, str) and value else None


def _true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


Said = Annotated[str | None, BeforeValidator(_said)]


class BucketChanged(Received):
    """A call to S3's management API, as CloudTrail tells EventBridge: perhaps the change of a bucket."""

    model_config = ConfigDict(populate_by_name=False)

    event_id: Said = Field(default=None, validation_alias=AliasChoices("id", AliasPath("detail", "eventID")))
    account: Said = Field(
        default=None, validation_alias=AliasChoices("account", AliasPath("detail", "recipientAccountId"))
    )
    name: str = Field(min_length=1, validation_alias=AliasPath("detail", "eventName"))
    bucket: Said = Field(default=None, validation_alias=AliasPath("detail", "requestParameters", "bucketName"))
    error_code: Said = Field(default=None, validation_alias=AliasPath("detail", "errorCode"))
    declared_read_only: Annotated[bool, BeforeValidator(_true)] = Field(
        default=False, validation_alias=AliasPath("detail", "readOnly")
    )

    @property
    def is_read_only(self) -> bool:
        """Tell whether the call reads; older records do not declare it, but their names do."""
        return self.declared_read_only or self.name.startswith(READS)

    @property
    def is_change(self) -> bool:
        """Tell whether a call of this name changes a bucket, by either spelling CloudTrail uses."""
        return self.name.startswith(CHANGES) or self.name in OTHER_CHANGES

    @property
    def subject(self) -> str:
        """Give the bucket, or raise `ContractError`: a change that names none must be kept and looked at."""
        if self.bucket is None:
            raise ContractError(f"{self.name} names no bucket: detail.requestParameters.bucketName is missing or empty")
        return self.bucket


class Finding(BaseModel):
    """One control's verdict on one bucket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    references: tuple[str, ...]
    severity: Severity
    verdict: Verdict
    reason: str = Field(min_length=1, max_length=300)


class BucketJudged(Emitted):
    """What every control says of a bucket now, and which of them say something new."""

    detail_type: ClassVar[str] = "Bucket Judged"
    bucket: str
    outcome: Outcome
    previous: Outcome | None
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
