import json
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.compliance.reads.s3 import POLICY, VERSIONING
from holdfast.compliance.remediation.effects import SETTINGS, change_of, plain, read_of, shows
from holdfast.compliance.remediation.entries import PlannedCall
from holdfast.shared.errors import ContractError

ENABLED = {"VersioningConfiguration": {"Status": "Enabled"}}
ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
TEXT = json.dumps({"Version": "2012-10-17", "Statement": [DENY]})
KMS = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
MINE, THEIRS = {"Grantee": {"ID": "me"}, "Permission": "FULL_CONTROL"}, {"Grantee": {"ID": "you"}, "Permission": "READ"}


def call(operation: str, **arguments: Any) -> PlannedCall:
    return PlannedCall(operation=operation, permission="s3:Any", arguments=arguments)


@pytest.mark.parametrize(
    ("made", "fact"),
    [
        (call("put_bucket_versioning", **ENABLED), {"Status": "Enabled", "MFADelete": "Disabled"}),
        (call("put_public_access_block", PublicAccessBlockConfiguration=ON), {"PublicAccessBlockConfiguration": ON}),
        (call("delete_public_access_block"), {}),
        (call("put_bucket_policy", Policy=TEXT), {"Policy": json.dumps(json.loads(TEXT), indent=2)}),
        (call("delete_bucket_policy"), {}),
        (
            call("put_bucket_logging", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs"}}),
            {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}},
        ),
        (call("put_bucket_logging", BucketLoggingStatus={}), {}),
        (
            call("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": [KMS]}),
            {"ServerSideEncryptionConfiguration": {"Rules": [{**KMS, "BucketKeyEnabled": True}]}},
        ),
        (
            call("delete_bucket_encryption"),
            {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault":
             {"SSEAlgorithm": "AES256"}}]}},
        ),
        (
            call("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [{"ID": "a"}, {"ID": "b"}]}),
            {"Rules": [{"ID": "b", "Status": "Enabled"}, {"ID": "a"}], "TransitionDefaultMinimumObjectSize": "all"},
        ),
        (call("put_bucket_acl", ACL="private"), {"Owner": {"ID": "me"}, "Grants": [MINE]}),
    ],
)  # fmt: skip
def test_a_setting_shows_what_a_call_made_of_it_whatever_s3_adds(made: PlannedCall, fact: dict[str, Any]) -> None:
    assert shows(made, fact)


@pytest.mark.parametrize(
    ("made", "fact"),
    [
        (call("put_bucket_versioning", **ENABLED), {}),
        (call("put_bucket_versioning", **ENABLED), {"Status": "Suspended"}),
        (
            call("put_public_access_block", PublicAccessBlockConfiguration=ON),
            {"PublicAccessBlockConfiguration": {**ON, "BlockPublicAcls": False}},
        ),
        (call("delete_bucket_policy"), {"Policy": TEXT}),
        (call("put_bucket_policy", Policy=TEXT), {"Policy": TEXT.replace("Deny", "Allow")}),
        (call("put_bucket_policy", Policy=TEXT), {"Policy": "no json"}),
        (call("put_bucket_logging", BucketLoggingStatus={}), {"LoggingEnabled": {"TargetBucket": "logs"}}),
        (call("delete_bucket_encryption"), {"ServerSideEncryptionConfiguration": {"Rules": [KMS]}}),
        (
            call("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [{"ID": "a"}]}),
            {"Rules": [{"ID": "a"}, {"ID": "of another"}]},
        ),
        (call("put_bucket_acl", ACL="private"), {"Owner": {"ID": "me"}, "Grants": [MINE, THEIRS]}),
    ],
)
def test_a_setting_that_is_otherwise_does_not_show_it(made: PlannedCall, fact: dict[str, Any]) -> None:
    assert not shows(made, fact)


def test_a_difference_shows_policies_as_what_they_say() -> None:
    change = change_of(call("put_bucket_policy", Policy=TEXT), {})
    assert (change.setting, change.before) == ("bucket_policy", {})
    assert change.after == {"Policy": {"Version": "2012-10-17", "Statement": [DENY]}}


def test_the_fact_that_shows_a_call_is_found_among_the_reads() -> None:
    assert read_of(call("delete_bucket_policy"), [VERSIONING, POLICY]) is POLICY


@pytest.mark.parametrize("operation", ["delete_bucket", "put_object", "delete_objects", "create_bucket", "get_object"])
def test_only_settings_may_be_changed_never_objects_or_buckets(operation: str) -> None:
    assert operation not in SETTINGS
    with pytest.raises(ContractError, match="no call that a remediation may make"):
        read_of(call(operation), [POLICY])


def test_what_nobody_reads_back_may_not_be_changed() -> None:
    with pytest.raises(ContractError, match="expected get_bucket_versioning among the reads"):
        read_of(call("put_bucket_versioning"), [POLICY])


def test_facts_are_kept_as_json_keeps_them() -> None:
    fact = {"Rules": ({"Date": datetime(2026, 1, 1, tzinfo=UTC)},), "On": True}
    assert plain(fact) == {"Rules": [{"Date": "2026-01-01T00:00:00+00:00"}], "On": True}
