import json
from typing import Any

import pytest

from holdfast.compliance.contract import Finding
from holdfast.compliance.exports.config_events import RuleInvoked, compliance_of, evaluation
from holdfast.shared.errors import ContractError
from tests.unit.compliance.formats.made import NOON

ITEM = {"resourceType": "AWS::S3::Bucket", "resourceId": "training-data", "resourceName": "training-data",
        "configurationItemStatus": "OK", "configurationItemCaptureTime": "2026-03-02T12:00:00.000Z",
        "awsRegion": "eu-west-1", "configuration": "{}"}  # fmt: skip
CHANGE = {"messageType": "ConfigurationItemChangeNotification", "configurationItem": ITEM}
OVERSIZED = {"messageType": "OversizedConfigurationItemChangeNotification", "configurationItemSummary": ITEM}
SCHEDULED = {"messageType": "ScheduledNotification", "notificationCreationTime": "2026-03-02T12:00:00.000Z"}


def invoked(notification: Any, **changes: Any) -> dict[str, Any]:
    told = {"invokingEvent": json.dumps(notification), "ruleParameters": '{"control": "S3.5"}', "resultToken": "t",
            "eventLeftScope": False, "accountId": "123456789012", "configRuleName": "tls"}  # fmt: skip
    return {**told, **changes}


def finding(verdict: str, reason: str = "so it is") -> Finding:
    return Finding.model_validate(
        {"control": verdict, "references": (), "severity": "low", "verdict": verdict, "reason": reason}
    )


@pytest.mark.parametrize("notification", [CHANGE, OVERSIZED])
def test_a_change_names_what_changed_also_when_it_is_too_large_to_be_told(notification: dict[str, Any]) -> None:
    found = RuleInvoked.receive(invoked(notification))
    assert found.notification.changed is not None
    assert (found.notification.changed.type, found.notification.changed.id) == ("AWS::S3::Bucket", "training-data")
    assert found.parameters == {"control": "S3.5"}


def test_a_schedule_names_nothing() -> None:
    assert RuleInvoked.receive(invoked(SCHEDULED)).notification.changed is None


@pytest.mark.parametrize("parameters", ["", "{}", {}])
def test_a_rule_without_parameters_has_none(parameters: object) -> None:
    assert RuleInvoked.receive(invoked(CHANGE, ruleParameters=parameters)).parameters == {}


@pytest.mark.parametrize(
    "event",
    [
        {},
        invoked({"messageType": "ConfigurationSnapshotDeliveryCompleted"}),
        invoked({"messageType": "ConfigurationItemChangeNotification"}),
        invoked({"messageType": "ScheduledNotification"}),
        invoked(CHANGE, resultToken=""),
        invoked(CHANGE, ruleParameters="[1]"),
        invoked(CHANGE, invokingEvent="{broken"),
        invoked(CHANGE, accountId="mine"),
    ],
)
def test_what_config_does_not_send_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(ContractError):
        RuleInvoked.receive(event)


@pytest.mark.parametrize(
    ("verdicts", "compliance"),
    [
        (("pass", "fail", "unknown"), "NON_COMPLIANT"),
        (("pass", "unknown"), None),
        (("pass", "waived", "not_applicable"), "COMPLIANT"),
        (("not_applicable",), "NOT_APPLICABLE"),
        (("waived",), "NOT_APPLICABLE"),
        ((), "NOT_APPLICABLE"),
    ],
)
def test_findings_are_summed_up_in_configs_words_and_what_is_unknown_has_none(
    verdicts: tuple[str, ...], compliance: str | None
) -> None:
    found = compliance_of([finding(verdict) for verdict in verdicts])
    assert (found and found[0]) == compliance


def test_an_annotation_is_one_short_line() -> None:
    found = evaluation("AWS::S3::Bucket", "b", "NON_COMPLIANT", "r\n" * 500, at=NOON)
    assert len(found["Annotation"]) == 256
    assert found["Annotation"].isprintable()
