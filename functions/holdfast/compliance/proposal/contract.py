"""What CloudFormation asks a Lambda Hook, and what it takes for an answer."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field

from holdfast.compliance.contract import Said
from holdfast.compliance.formats.format import capped
from holdfast.compliance.template.judging import TemplateFinding
from holdfast.shared.contract import Received

MOST_MESSAGE, MOST_ANNOTATIONS = 1024, 20
STACKS = frozenset({"STACK", "CHANGE_SET"})
Answer = dict[str, Any]


def _properties(value: object) -> object:
    return value if isinstance(value, dict) else {}


class HookRequest(Received):
    """A resource, a stack or a change set that CloudFormation is about to make; the documents spell two names twice."""

    token: Said = Field(default=None, validation_alias=AliasChoices("clientRequestToken", "clientRequesttoken"))
    account: Said = Field(default=None, validation_alias="awsAccountId")
    stack: Said = Field(default=None, validation_alias=AliasChoices("stackId", "stackID"))
    point: Said = Field(default=None, validation_alias="actionInvocationPoint")
    target: str = Field(min_length=1, max_length=256, validation_alias=AliasPath("requestData", "targetName"))
    logical_id: Said = Field(default=None, validation_alias=AliasPath("requestData", "targetLogicalId"))
    payload: Said = Field(default=None, validation_alias=AliasPath("requestData", "payload"))
    properties: Annotated[dict[str, Any], BeforeValidator(_properties)] = Field(
        default_factory=dict, validation_alias=AliasPath("requestData", "targetModel", "resourceProperties")
    )

    @property
    def is_deletion(self) -> bool:
        """Tell whether something is to go: that breaks no control."""
        return (self.point or "").startswith("DELETE")

    @property
    def is_stack(self) -> bool:
        """Tell whether a whole template is to be judged, which the payload's URL leads to."""
        return self.target in STACKS


def allowed(token: str | None, message: str, findings: Sequence[TemplateFinding] = ()) -> Answer:
    """Let the operation go on."""
    return _answer("SUCCESS", token, message, findings)


def refused(token: str | None, message: str, findings: Sequence[TemplateFinding] = ()) -> Answer:
    """Refuse what breaks a control."""
    return {**_answer("FAILED", token, message, findings), "errorCode": "NonCompliant"}


def unread(token: str | None, message: str) -> Answer:
    """Refuse what cannot be read: nothing unread counts as compliant."""
    return {**_answer("FAILED", token, message, ()), "errorCode": "InternalFailure"}


def _answer(
    status: Literal["SUCCESS", "FAILED"], token: str | None, message: str, findings: Sequence[TemplateFinding]
) -> Answer:
    answer: Answer = {"hookStatus": status, "message": capped(message, MOST_MESSAGE), "clientRequestToken": token}
    if findings:
        answer["annotations"] = [_annotation(one) for one in findings[:MOST_ANNOTATIONS]]
    return answer


def _annotation(found: TemplateFinding) -> Answer:
    return {
        "annotationName": f"{found.finding.control}:{found.logical_id}"[:200],
        "status": "FAILED" if found.finding.verdict == "fail" else "SKIPPED",
        "statusMessage": found.finding.reason,
        "remediationMessage": found.control.advice,
        "severityLevel": found.finding.severity.upper(),
    }
