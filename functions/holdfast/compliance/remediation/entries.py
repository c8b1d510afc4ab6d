"""What is put on record of a change that would make, or made, a bucket comply."""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from holdfast.compliance.policy import Mode
from holdfast.ledger.contract import SHA256, DecisionId, OnRecord

MOST_REASON = 500
Refusal = Literal["expired", "changed", "superseded", "not_permitted", "unreadable", "gone", "obsolete"]
"""Why a plan will not be carried out; nothing was changed."""


def stream_of(subject: str) -> str:
    """Name the stream of a resource's remediation."""
    return f"remediation#{subject}"


class PlannedCall(BaseModel):
    """One call to S3, without the bucket's name and its owner: whoever makes it adds both."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    operation: str
    permission: str
    arguments: dict[str, Any]


class Change(BaseModel):
    """What a call makes of one setting, as S3 would tell it before and after; nothing is `{}`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    setting: str
    before: dict[str, Any]
    after: dict[str, Any]


class OfControl(OnRecord):
    """What every entry of this stream names: the control that was broken."""

    control: str


class RemediationPlanned(OfControl):
    """How a bucket can be made to comply: these calls, on the state of this digest only, and how to take them back."""

    kind: ClassVar[str] = "Remediation Planned"
    resource_kind: str
    resource: str
    account: str
    region: str
    mode: Mode
    broken: str
    does: str
    calls: tuple[PlannedCall, ...] = Field(min_length=1)
    undo: tuple[PlannedCall, ...]
    changes: tuple[Change, ...]
    before: dict[str, dict[str, Any]]
    digest: str = Field(pattern=SHA256)
    expires_at: AwareDatetime
    supersedes: DecisionId | None
    judged: DecisionId | None
    held_back: str | None


class RemediationRuledOut(OfControl):
    """There is nothing that could be done for this bucket by itself; why is in the entry's reason."""

    kind: ClassVar[str] = "Remediation Ruled Out"
    digest: str = Field(pattern=SHA256)


class OfPlan(OfControl):
    """What every entry after the plan names: the plan."""

    plan: DecisionId


class RemediationApproved(OfPlan):
    """A person allowed a plan: it is to be carried out."""

    kind: ClassVar[str] = "Remediation Approved"
    by: str = Field(min_length=1, max_length=2048)


class RemediationBegun(OfPlan):
    """From now on the bucket may be half changed, until the outcome is on record."""

    kind: ClassVar[str] = "Remediation Begun"
    by: str = Field(min_length=1, max_length=2048)
    run: str = Field(min_length=1, max_length=2048)
    takes_back: bool


class RemediationApplied(OfPlan):
    """The plan is carried out and the control holds."""

    kind: ClassVar[str] = "Remediation Applied"
    by: str
    automatic: bool
    before: str = Field(pattern=SHA256)
    after: str = Field(pattern=SHA256)
    made: tuple[str, ...]


class RemediationFailed(OfPlan):
    """The plan could not be carried out: outcome `restored` if the bucket is as it was, `not_restored` if it is not."""

    kind: ClassVar[str] = "Remediation Failed"
    by: str
    made: tuple[str, ...]
    left: tuple[str, ...]


class RemediationRefused(OfPlan):
    """The plan will not be carried out, and nothing was changed; the outcome says why."""

    kind: ClassVar[str] = "Remediation Refused"
    by: str


class RemediationUndone(OfPlan):
    """What a plan had changed is as it was before."""

    kind: ClassVar[str] = "Remediation Undone"
    by: str
    forced: bool
    made: tuple[str, ...]
