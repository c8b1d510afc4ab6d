"""What AWS Config asks of a custom rule, and what it is answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from holdfast.compliance.contract import Finding
from holdfast.shared.canonical import read
from holdfast.shared.contract import Received, printable

TEST = "TESTMODE"
MOST_EVALUATIONS, MOST_ANNOTATION = 100, 256
LEFT = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"})
Compliance = Literal["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]
Evaluation = dict[str, Any]


def _parsed(value: Any) -> Any:
    """Read the JSON that Config hands over as a string; an empty one is an empty object."""
    return (read(value) if value.strip() else {}) if isinstance(value, str) else value


class ConfigurationItem(Received):
    """The resource that changed, as far as we take Config's word for it: its name, and whether it is there."""

    type: str = Field(validation_alias="resourceType", min_length=1)
    id: str = Field(validation_alias="resourceId", min_length=1)
    status: str = Field(default="OK", validation_alias="configurationItemStatus")
    captured_at: AwareDatetime = Field(validation_alias="configurationItemCaptureTime")


class Notification(Received):
    """Why the rule is invoked: a change, one too large to be told, or a schedule."""

    kind: Literal[
        "ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "ScheduledNotification"
    ] = Field(validation_alias="messageType")
    created_at: AwareDatetime | None = Field(default=None, validation_alias="notificationCreationTime")
    item: ConfigurationItem | None = Field(default=None, validation_alias="configurationItem")
    summary: ConfigurationItem | None = Field(default=None, validation_alias="configurationItemSummary")

    @model_validator(mode="after")
    def _whole(self) -> "Notification":
        if self.kind == "ScheduledNotification":
            if self.created_at is None:
                raise ValueError("notificationCreationTime is missing")
        elif self.changed is None:
            raise ValueError("neither a configurationItem nor its summary is there")
        return self

    @property
    def changed(self) -> ConfigurationItem | None:
        """Give what changed; `None` if nothing did and a schedule asks."""
        return None if self.kind == "ScheduledNotification" else self.item or self.summary


class RuleInvoked(Received):
    """One invocation of a custom rule."""

    notification: Annotated[Notification, BeforeValidator(_parsed)] = Field(validation_alias="invokingEvent")
    parameters: Annotated[dict[str, Any], BeforeValidator(_parsed)] = Field(
        default_factory=dict, validation_alias="ruleParameters"
    )
    token: str = Field(validation_alias="resultToken", min_length=1)
    account: str = Field(validation_alias="accountId", pattern=r"^\d{12}$")
    left_scope: bool = Field(default=False, validation_alias="eventLeftScope")
    rule: str = Field(default="", validation_alias="configRuleName")


def compliance_of(findings: Sequence[Finding]) -> tuple[Compliance, str] | None:
    """Sum findings up in Config's words; `None` if one is unknown and none fails: Config has no word for that."""
    said = {finding.verdict: f"{finding.control}: {finding.reason}" for finding in reversed(findings)}
    if "fail" in said:
        failed = "; ".join(f"{one.control}: {one.reason}" for one in findings if one.verdict == "fail")
        return "NON_COMPLIANT", failed
    if "unknown" in said:
        return None
    if "pass" in said:
        return "COMPLIANT", said.get("waived", said["pass"])
    return "NOT_APPLICABLE", said.get("waived") or said.get("not_applicable") or "no control judges it"


def evaluation(type_name: str, name: str, compliance: Compliance, reason: str, *, at: datetime) -> Evaluation:
    """Write one evaluation as PutEvaluations takes it."""
    return {
        "ComplianceResourceType": type_name,
        "ComplianceResourceId": name,
        "ComplianceType": compliance,
        "Annotation": printable(reason)[:MOST_ANNOTATION],
        "OrderingTimestamp": at,
    }
