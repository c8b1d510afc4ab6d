"""What we are told of resources, and what we find there."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from holdfast.compliance.verdict import SEVERITIES as SEVERITIES
from holdfast.compliance.verdict import Outcome as Outcome
from holdfast.compliance.verdict import Severity as Severity
from holdfast.compliance.verdict import Verdict as Verdict
from holdfast.ledger.contract import OnRecord
from holdfast.shared.contract import Received

CALL = "AWS API Call via CloudTrail"
READS = ("Get", "List", "Head", "Describe", "Search", "BatchGet", "BatchDescribe", "Query")


def _said(value: object) -> object:
    return value if isinstance(value, str) and value else None


def _true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _mapping(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


Said = Annotated[str | None, BeforeValidator(_said)]


class RecordedCall(Received):
    """A call to AWS's API, as CloudTrail tells EventBridge: perhaps the change of a resource."""

    model_config = ConfigDict(populate_by_name=False, defer_build=True)

    event_id: Said = Field(default=None, validation_alias=AliasChoices("id", AliasPath("detail", "eventID")))
    source: Said = None
    account: Said = Field(
        default=None, validation_alias=AliasChoices("account", AliasPath("detail", "recipientAccountId"))
    )
    region: Said = Field(default=None, validation_alias=AliasPath("detail", "awsRegion"))
    principal: Said = Field(default=None, validation_alias=AliasPath("detail", "userIdentity", "arn"))
    name: str = Field(min_length=1, validation_alias=AliasPath("detail", "eventName"))
    error_code: Said = Field(default=None, validation_alias=AliasPath("detail", "errorCode"))
    declared_read_only: Annotated[bool, BeforeValidator(_true)] = Field(
        default=False, validation_alias=AliasPath("detail", "readOnly")
    )
    detail: Annotated[dict[str, Any], BeforeValidator(_mapping)] = Field(default_factory=dict)

    @property
    def is_read_only(self) -> bool:
        """Tell whether the call reads; older records do not declare it, but their names do."""
        return self.declared_read_only or self.name.startswith(READS)

    def at(self, path: tuple[str, ...]) -> str | None:
        """Give the text at a place below `detail`, or `None`."""
        found: Any = self.detail
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) and found else None


def _texts(value: object) -> object:
    return tuple(one for one in value if isinstance(one, str) and one) if isinstance(value, list) else ()


class StateChanged(Received):
    """A resource of SageMaker tells that it came into another state."""

    detail_type: str = Field(validation_alias="detail-type")
    event_id: Said = Field(default=None, validation_alias="id")
    account: Said = None
    resources: Annotated[tuple[str, ...], BeforeValidator(_texts)] = ()
    detail: Annotated[dict[str, Any], BeforeValidator(_mapping)] = Field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Give the text of this name in `detail`, or `None`."""
        found = self.detail.get(name)
        return found if isinstance(found, str) and found else None


class LookDue(Received):
    """The sweep or a change of the account asks for another look at one resource."""

    kind: str = Field(min_length=1, validation_alias=AliasPath("look", "kind"))
    name: str = Field(min_length=1, validation_alias=AliasPath("look", "name"))
    cause: str = Field(min_length=1, validation_alias=AliasPath("look", "cause"))


class SweepDue(Received):
    """The resources of one kind are due: all that AWS lists `after` a place, or those on record in some `shards`.

    Without a kind it is what is on record of kinds that the manifest does not speak of any more.
    """

    kind: str | None = Field(default=None, min_length=1, validation_alias=AliasPath("sweep", "kind"))
    cause: str = Field(min_length=1, max_length=256, validation_alias=AliasPath("sweep", "cause"))
    after: str | None = Field(default=None, validation_alias=AliasPath("sweep", "after"))
    shards: tuple[int, ...] | None = Field(default=None, validation_alias=AliasPath("sweep", "shards"))
    is_twice: bool = Field(default=False, validation_alias=AliasPath("sweep", "is_twice"))


class Ticked(Received):
    """A timer ticked."""

    TICK: ClassVar[str] = "Scheduled Event"
    event_id: str = Field(min_length=1, max_length=256, validation_alias="id")


class Finding(BaseModel):
    """One control's verdict on one resource."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    control: str
    references: tuple[str, ...]
    severity: Severity
    verdict: Verdict
    reason: str = Field(min_length=1, max_length=300)
    monthly_cost_usd: float | None = None


class ResourceJudged(OnRecord):
    """What every control says of a resource now, which of them say something new, and after whose call we looked."""

    kind: ClassVar[str] = "Resource Judged"
    detail_type: ClassVar[str] = "Resource Judged"
    resource_kind: str
    resource_type: str
    resource: str
    account: str
    region: str
    outcome: Outcome
    previous: Outcome | None
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
    principal: str | None = None
