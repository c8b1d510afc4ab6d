"""What keeps state: the ledger, the buckets, the keys, the topic and the bus."""

import json
from typing import Any

import pytest

from infra.settings import Stage
from tests.infrastructure.conftest import Built
from tests.infrastructure.house import House, listed

HERE = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_ledger_streams_can_be_restored_and_is_not_deleted_by_mistake(house: House) -> None:
    table = house.resources["Ledger"]
    said = table["Properties"]
    assert said["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert said["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert said["DeletionProtectionEnabled"] is True
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert said["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": [house.logical("DataKey"), "Arn"]}
    assert [key["AttributeName"] for key in said["KeySchema"]] == ["pk", "sk"]
    assert said["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", ["State", "Quarantine", "Reports", "AccessLogs"])
def test_a_bucket_is_closed_versioned_encrypted_logged_and_ends(house: House, name: str) -> None:
    bucket = house.resources[name]
    said = bucket["Properties"]
    assert set(said["PublicAccessBlockConfiguration"].values()) == {True}
    assert said["VersioningConfiguration"] == {"Status": "Enabled"}
    assert said["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["DeletionPolicy"] == "Retain"
    assert {rule["Status"] for rule in said["LifecycleConfiguration"]["Rules"]} == {"Enabled"}
    (encryption,) = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    key = encryption["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    assert key == (None if name == "AccessLogs" else {"Fn::GetAtt": [house.logical("DataKey"), "Arn"]})
    logs = said.get("LoggingConfiguration", {}).get("DestinationBucketName")
    assert logs == (None if name == "AccessLogs" else {"Ref": house.logical("AccessLogs")})


@pytest.mark.parametrize("name", ["State", "Quarantine", "Reports", "AccessLogs"])
def test_a_bucket_refuses_clear_text(house: House, name: str) -> None:
    statements = house.resources[f"{name}/Policy"]["Properties"]["PolicyDocument"]["Statement"]
    (denied,) = (one for one in statements if one["Effect"] == "Deny")
    assert (denied["Action"], denied["Condition"]) == ("s3:*", {"Bool": {"aws:SecureTransport": "false"}})
    assert len(denied["Resource"]) == 2


def test_access_logs_come_from_our_buckets_only(house: House) -> None:
    statements = house.resources["AccessLogs/Policy"]["Properties"]["PolicyDocument"]["Statement"]
    allowed = [one for one in statements if one["Effect"] == "Allow"]
    assert {json.dumps(one["Principal"]) for one in allowed} == {'{"Service": "logging.s3.amazonaws.com"}'}
    sources = {one["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::GetAtt"][0] for one in allowed}
    assert sources == {house.logical("State"), house.logical("Quarantine"), house.logical("Reports")}


def test_quarantined_batches_and_baselines_never_expire(house: House) -> None:
    for name in ("State", "Quarantine", "Reports"):
        for rule in house.resources[name]["Properties"]["LifecycleConfiguration"]["Rules"]:
            assert "ExpirationInDays" not in rule


def test_reports_are_locked_for_as_long_and_as_firmly_as_the_stage_says(house: House, built: Built) -> None:
    stage = Stage(name="strict", report_lock="compliance", report_retention_days=7)
    said = house.resources["Reports"]["Properties"]
    assert said["ObjectLockEnabled"] is True
    assert lock_of(house) == {"Mode": "GOVERNANCE", "Days": 365}
    assert lock_of(built(None, stage)) == {"Mode": "COMPLIANCE", "Days": 7}


def test_no_role_may_shorten_a_lock_or_go_around_it(house: House) -> None:
    for name in house.functions:
        assert not {"s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"} & house.actions(name, "s3")


def lock_of(house: House) -> Any:
    """The default retention of the bucket of reports."""
    return house.resources["Reports"]["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]


@pytest.mark.parametrize("name", ["DataKey", "MessagesKey"])
def test_keys_rotate_and_stay(house: House, name: str) -> None:
    key = house.resources[name]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize(("service", "source"), [("s3", "arn:aws:s3:::*"), ("cloudwatch", ":alarm:*")])
def test_the_messages_key_admits_each_delivering_service_on_our_behalf_only(
    house: House, service: str, source: str
) -> None:
    admitted = admission(house, f"{service}.amazonaws.com")
    assert admitted["Condition"]["StringEquals"] == HERE["StringEquals"]
    assert source in json.dumps(admitted["Condition"]["ArnLike"]["aws:SourceArn"])


def test_the_messages_key_admits_the_rules_of_this_account_and_region_only(house: House) -> None:
    ((operator, tested),) = admission(house, "events.amazonaws.com")["Condition"].items()
    account = {"Ref": "AWS::AccountId"}
    assert operator == "ArnLike"
    assert tested == {"aws:SourceArn": {"Fn::Join": ["", ["arn:aws:events:eu-west-1:", account, ":rule/*"]]}}


def admission(house: House, service: str) -> Any:
    """The statement by which the messages' key admits a service."""
    statements = house.resources["MessagesKey"]["Properties"]["KeyPolicy"]["Statement"]
    (admitted,) = (one for one in statements if one["Principal"] == {"Service": service})
    assert sorted(admitted["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey"]
    return admitted


def test_the_messages_key_admits_the_logs_of_this_account_only(house: House) -> None:
    statements = house.resources["MessagesKey"]["Properties"]["KeyPolicy"]["Statement"]
    (admitted,) = (one for one in statements if one["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"})
    assert list(admitted["Condition"]["ArnLike"]) == ["kms:EncryptionContext:aws:logs:arn"]


def test_the_data_key_admits_no_service(house: House) -> None:
    statements = house.resources["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert ["AWS" in one["Principal"] for one in statements] == [True]


def test_alarms_may_use_the_topic_and_clear_text_may_not(house: House) -> None:
    statements = house.resources["Notices/Policy"]["Properties"]["PolicyDocument"]["Statement"]
    (allowed,) = (one for one in statements if one["Effect"] == "Allow")
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert allowed["Condition"]["StringEquals"] == HERE["StringEquals"]
    assert ":alarm:*" in json.dumps(allowed["Condition"]["ArnLike"])
    (denied,) = (one for one in statements if one["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert "MessagesKey" in json.dumps(house.resources["Notices"]["Properties"]["KmsMasterKeyId"])


def test_the_bus_takes_announcements_from_the_publisher_and_the_outbox_timer_alone(house: House) -> None:
    (policy,) = house.of("AWS::Events::EventBusPolicy").values()
    statement = policy["Properties"]["Statement"]
    assert statement["Sid"] == policy["Properties"]["StatementId"], "as the CDK itself writes both"
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        {"AWS": "*"},
        "events:PutEvents",
    )
    roles = [house.logical(f"Ledger/{name}/Role") for name in ("LedgerPublisher", "OutboxTimer")]
    assert statement["Condition"] == {
        "ArnNotEquals": {"aws:PrincipalArn": [{"Fn::GetAtt": [role, "Arn"]} for role in roles]}
    }
    announcers = {name for name in house.functions if house.actions(name, "events")}
    assert announcers == {"LedgerPublisher", "OutboxTimer"}
    for name in announcers:
        (announce,) = (one for one in house.statements(name) if "events:PutEvents" in listed(one["Action"]))
        assert announce["Condition"] == {"StringEquals": {"events:source": "holdfast.ledger"}}


def test_the_publisher_and_the_timer_touch_only_the_outbox(house: House) -> None:
    for name in ("LedgerPublisher", "OutboxTimer"):
        for statement in house.statements(name):
            if set(listed(statement["Action"])) & {"dynamodb:DeleteItem", "dynamodb:Query"}:
                assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["outbox#*"]}}


def test_everything_a_later_change_could_need_is_exported(house: House) -> None:
    exported = json.dumps(house.stateful["Outputs"])
    for name in ("DataKey", "MessagesKey", "Ledger", "State", "Quarantine", "Reports", "AccessLogs", "Notices"):
        assert house.logical(name) in exported
    imported = {said["Fn::ImportValue"] for said in imports(house.reactive)}
    assert imported <= {output["Export"]["Name"] for output in house.stateful["Outputs"].values()}


def test_a_deployment_ends_with_what_the_command_asks_for(house: House) -> None:
    queue = house.logical("Batches/BatchJudge/Inbox/Queue")
    outputs = {name: output["Value"] for name, output in house.reactive["Outputs"].items()}
    assert outputs.pop("BatchQueueUrl") == {"Ref": queue}
    assert outputs.pop("BatchQueueArn") == {"Fn::GetAtt": [queue, "Arn"]}
    assert {name: next(iter(value)) for name, value in outputs.items()} == {
        "LedgerTable": "Fn::ImportValue",
        "NoticesTopicArn": "Fn::ImportValue",
    }


def imports(node: object) -> list[dict[str, str]]:
    """Every import in a template."""
    if isinstance(node, dict):
        return (
            [node] if set(node) == {"Fn::ImportValue"} else [found for part in node.values() for found in imports(part)]
        )
    return [found for part in node for found in imports(part)] if isinstance(node, list) else []
