import json
from collections.abc import Mapping
from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.kind import Declared
from holdfast.compliance.kinds.s3_bucket import KIND
from holdfast.compliance.logic import touched
from holdfast.compliance.partial import Unresolved
from tests.unit.compliance.look import ACCOUNT, REGION, look

GROUP = "http://acs.amazonaws.com/groups/global/AllUsers"
ARN = "arn:aws:s3:::training-data"
TLS = {
    "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}  # fmt: skip


def declared(*others: tuple[str, dict[str, Any]], **properties: Any) -> Mapping[Read, Fact | Unread]:
    assert KIND.declared is not None
    around = {f"Other{number}": other for number, other in enumerate(others)}
    return KIND.declared(Declared("training-data", properties, ACCOUNT, REGION, around))


def verdict(control: str, facts: Mapping[Read, Fact | Unread], **given: Any) -> str:
    return look(catalogue.every_control()[control], facts, **given)[0]


def policy(*statements: Any, bucket: Any = "training-data") -> tuple[str, dict[str, Any]]:
    return "AWS::S3::BucketPolicy", {"Bucket": bucket, "PolicyDocument": {"Statement": list(statements)}}


@pytest.mark.parametrize(
    "name",
    [
        "CreateBucket", "DeleteBucket", "PutBucketPolicy", "PutBucketTagging", "PutBucketNotification",
        "PutBucketNotificationConfiguration", "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration",
        "PutBucketLifecycle", "PutBucketLifecycleConfiguration", "PutBucketReplication", "PutBucketEncryption",
    ],
)  # fmt: skip
def test_a_call_that_changes_it_names_it_in_either_spelling(name: str) -> None:
    told = {"eventName": name, "requestParameters": {"bucketName": "training-data"}}
    call = RecordedCall.receive({"source": "aws.s3", "detail": told})
    assert list(touched(call, (KIND,))) == [(KIND, "training-data")]


def test_a_template_that_says_nothing_makes_a_bucket_as_aws_does_since_2023() -> None:
    facts = declared()
    passing = {"public_access_block", "acls_disabled", "default_encryption", "encryption_or_denial"}
    failing = {
        "access_logging", "kms_encryption", "lifecycle", "versioning_enabled", "object_lock", "event_notifications",
        "mfa_delete", "cross_region_replication", "required_tags", "tls_only",
    }  # fmt: skip
    found = {control: verdict(control, facts) for control in passing | failing}
    assert {name for name, said in found.items() if said == "pass"} == passing
    assert {name for name, said in found.items() if said == "fail"} == failing


def test_a_template_settles_every_fact_of_the_bucket_itself() -> None:
    assert not [read.id for read, fact in declared().items() if isinstance(fact, Unread)]


@pytest.mark.parametrize(
    ("control", "properties"),
    [
        ("versioning_enabled", {"VersioningConfiguration": {"Status": "Enabled"}}),
        ("versioning_enabled", {"ObjectLockEnabled": True}),
        ("kms_encryption", {"BucketEncryption": {"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/data"}}]}}),
        ("access_logging", {"LoggingConfiguration": {"DestinationBucketName": "logs", "LogFilePrefix": "a/"}}),
        ("access_logging", {"LoggingConfiguration": {}}),
        ("object_lock", {"ObjectLockEnabled": "true"}),
        ("event_notifications", {"NotificationConfiguration": {"EventBridgeConfiguration": {}}}),
        ("event_notifications", {"NotificationConfiguration": {"EventBridgeConfiguration": {
            "EventBridgeEnabled": "true"}}}),
        ("required_tags", {"Tags": [{"Key": "owner", "Value": "ml"}]}),
        ("lifecycle", {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 30}]}}),
    ],
)  # fmt: skip
def test_what_a_template_sets_is_seen(control: str, properties: dict[str, Any]) -> None:
    assert verdict(control, declared()) == "fail"
    assert verdict(control, declared(**properties)) == "pass"


@pytest.mark.parametrize(
    ("control", "properties", "given", "said"),
    [
        ("object_lock", {"ObjectLockEnabled": True, "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": "1"}}}},
         {"mode": "GOVERNANCE"}, "pass"),
        ("object_lock", {"ObjectLockEnabled": True}, {"mode": "GOVERNANCE"}, "fail"),
        ("event_notifications", {"NotificationConfiguration": {"QueueConfigurations": [
            {"Event": "s3:ObjectCreated:*", "Queue": "arn"}]}}, {"eventTypes": "s3:ObjectCreated:Put"}, "pass"),
        ("event_notifications", {"NotificationConfiguration": {"LambdaConfigurations": [
            {"Event": "s3:ObjectCreated:*", "Function": "arn"}]}}, {"eventTypes": "s3:ObjectRemoved:*"}, "fail"),
        ("lifecycle", {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": "30"}]}},
         {"targetExpirationDays": 30}, "pass"),
        ("lifecycle", {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Prefix": "raw/", "Transitions": [
            {"StorageClass": "GLACIER", "TransitionInDays": 90}]}]}},
         {"targetTransitionDays": 90, "targetTransitionStorageClass": "GLACIER", "targetPrefix": "raw/"}, "pass"),
        ("lifecycle", {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Prefix": "raw/", "TagFilters": [
            {"Key": "a", "Value": "b"}]}]}}, {"targetPrefix": "raw/"}, "fail"),
        ("residency", {}, {"allowedRegions": REGION}, "pass"),
        ("residency", {}, {"allowedRegions": "us-west-2"}, "fail"),
    ],
)  # fmt: skip
def test_details_have_the_shape_in_which_s3_answers(control: str, properties: Any, given: Any, said: str) -> None:
    assert verdict(control, declared(**properties), **given) == said


def test_event_bridge_that_is_switched_off_tells_nobody() -> None:
    off = {"EventBridgeConfiguration": {"EventBridgeEnabled": False}}
    assert verdict("event_notifications", declared(NotificationConfiguration=off)) == "fail"


def test_what_cdk_tells_s3_by_a_resource_of_its_own_counts() -> None:
    told = {"LambdaFunctionConfigurations": [{"Events": ["s3:ObjectCreated:*"], "LambdaFunctionArn": "arn"}]}
    by_cdk = {"BucketName": "training-data", "NotificationConfiguration": told, "Managed": True}
    facts = declared(("Custom::S3BucketNotifications", by_cdk))
    assert verdict("event_notifications", facts, eventTypes="s3:ObjectCreated:Put") == "pass"
    elsewhere = declared(("Custom::S3BucketNotifications", {**by_cdk, "BucketName": "another"}))
    assert verdict("event_notifications", elsewhere) == "fail"


def test_a_block_that_is_written_is_off_where_it_says_nothing() -> None:
    assert verdict("public_access_block", declared(PublicAccessBlockConfiguration={"BlockPublicAcls": True})) == "fail"


@pytest.mark.parametrize(
    ("acl", "said"),
    [("Private", "pass"), ("PublicRead", "fail"), ("LogDeliveryWrite", "fail"), ("BucketOwnerFullControl", "pass")],
)
def test_an_acl_that_grants_something_brings_acls_back(acl: str, said: str) -> None:
    assert verdict("acls_disabled", declared(AccessControl=acl)) == said


def test_ownership_that_is_written_counts() -> None:
    rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    assert verdict("acls_disabled", declared(OwnershipControls=rules)) == "fail"


@pytest.mark.parametrize("name", ["PublicRead", "PublicReadWrite"])
def test_a_public_acl_counts_only_where_no_block_takes_it_away(name: str) -> None:
    off = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)
    control = next(control.id for control in catalogue.controls_of("s3_bucket") if "FSBP S3.2" in control.references)
    assert verdict(control, declared(AccessControl=name)) == "pass"
    assert verdict(control, declared(AccessControl=name, PublicAccessBlockConfiguration=off)) == "fail"


def test_the_policy_that_is_for_the_bucket_is_found() -> None:
    assert verdict("tls_only", declared(policy(TLS))) == "pass"
    assert verdict("tls_only", declared(policy(TLS, bucket="another"))) == "fail"


def test_a_policy_may_be_written_as_text() -> None:
    written = ("AWS::S3::BucketPolicy", {"Bucket": "training-data", "PolicyDocument": json.dumps({"Statement": TLS})})
    assert verdict("tls_only", declared(written)) == "pass"


def test_a_policy_of_a_bucket_that_is_not_known_may_be_this_ones() -> None:
    assert verdict("tls_only", declared(policy(TLS, bucket=Unresolved("parameter Name")))) == "unknown"


def test_two_policies_for_one_bucket_leave_open_which_of_them_holds() -> None:
    assert verdict("tls_only", declared(policy(TLS), policy())) == "unknown"


def test_a_part_of_a_policy_that_is_not_known_hides_no_more_than_it_must() -> None:
    share = {"Effect": "Allow", "Principal": {"AWS": Unresolved("parameter Reader")}, "Action": "s3:GetObject",
             "Resource": f"{ARN}/*"}  # fmt: skip
    assert verdict("tls_only", declared(policy(TLS, share))) == "pass"


@pytest.mark.parametrize(
    ("control", "name"),
    [
        ("kms_encryption", "BucketEncryption"),
        ("versioning_enabled", "VersioningConfiguration"),
        ("access_logging", "LoggingConfiguration"),
        ("lifecycle", "LifecycleConfiguration"),
        ("event_notifications", "NotificationConfiguration"),
        ("public_access_block", "PublicAccessBlockConfiguration"),
        ("acls_disabled", "OwnershipControls"),
        ("acls_disabled", "AccessControl"),
        ("object_lock", "ObjectLockEnabled"),
        ("cross_region_replication", "ReplicationConfiguration"),
        ("required_tags", "Tags"),
        ("audit_target", "LoggingConfiguration"),
    ],
)
def test_a_property_that_is_not_known_makes_its_control_unknown(control: str, name: str) -> None:
    assert verdict(control, declared(**{name: Unresolved("parameter Setting has no default")})) == "unknown"


def test_a_switch_inside_a_setting_may_not_be_known() -> None:
    unknown = Unresolved("parameter On has no default")
    assert verdict("versioning_enabled", declared(VersioningConfiguration={"Status": unknown})) == "unknown"
    rules = [{"Status": unknown}, {"Status": "Enabled"}]
    assert verdict("lifecycle", declared(LifecycleConfiguration={"Rules": rules[:1]})) == "unknown"


def replicated_to(name: str) -> dict[str, Any]:
    rules = [{"Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{name}"}}]
    return {
        "VersioningConfiguration": {"Status": "Enabled"},
        "ReplicationConfiguration": {"Role": "arn:aws:iam::123456789012:role/copy", "Rules": rules},
    }


def test_a_copy_in_the_same_stack_is_in_the_same_region() -> None:
    copy = ("AWS::S3::Bucket", {"BucketName": "copy"})
    assert verdict("cross_region_replication", declared(copy, **replicated_to("copy"))) == "fail"


def test_where_a_copy_of_another_stack_is_a_template_does_not_say() -> None:
    assert verdict("cross_region_replication", declared(**replicated_to("copy"))) == "unknown"


def test_the_log_target_of_the_same_stack_is_judged_with_it() -> None:
    logging = {"LoggingConfiguration": {"DestinationBucketName": "logs"}}
    kms = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
    sound, wrong = {"BucketName": "logs"}, {"BucketEncryption": {"ServerSideEncryptionConfiguration": kms}}
    assert verdict("audit_target", declared(("AWS::S3::Bucket", sound), **logging)) == "pass"
    assert verdict("audit_target", declared(("AWS::S3::Bucket", sound | wrong), **logging)) == "fail"
    assert verdict("audit_target", declared(**logging)) == "unknown"


def test_a_bucket_without_a_name_goes_by_its_logical_id() -> None:
    facts = declared(("AWS::S3::Bucket", {}), LoggingConfiguration={"DestinationBucketName": "Other0"})
    assert verdict("audit_target", facts) == "pass"


def test_logs_without_a_destination_go_to_the_bucket_itself() -> None:
    assert verdict("audit_target", declared(LoggingConfiguration={"LogFilePrefix": "logs/"})) == "fail"
