import json
from typing import Any

import pytest

from holdfast.compliance.controls.audit_target import CONTROL
from holdfast.compliance.facts import Fact, Unread
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.s3 import (
    ACCOUNT_BLOCK,
    ACL,
    BLOCK,
    ENCRYPTION,
    LOCATION,
    LOGGING,
    OBJECT_LOCK,
    OWNERSHIP,
    POLICY,
)
from holdfast.compliance.reads.s3_others import HOME, LOG_TARGET
from tests.unit.compliance.look import look

HERE = {"LocationConstraint": "eu-west-1"}
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
READ_BY_ALL = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
PUBLIC: Fact = {"Policy": json.dumps({"Statement": [OPEN]})}


def sse(algorithm: str) -> Fact:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def judged(target: str | None = "logs", *, account: Fact | None = None, **changed: Any) -> tuple[str, str]:
    sound: Fact = {
        HOME: HERE,
        LOCATION.id: HERE,
        ENCRYPTION.id: sse("AES256"),
        OBJECT_LOCK.id: {},
        POLICY.id: {},
        BLOCK.id: {"PublicAccessBlockConfiguration": ALL_ON},
        OWNERSHIP.id: {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        ACL.id: {"Grants": []},
    }
    logging: Fact = {"LoggingEnabled": {"TargetBucket": target}} if target else {}
    facts = {LOGGING: logging, LOG_TARGET: sound | changed, ACCOUNT_BLOCK: account or {}}
    return look(CONTROL, facts)


def test_a_target_in_order_passes() -> None:
    assert judged()[0] == "pass"


def test_without_logs_there_is_no_target() -> None:
    assert judged(None)[0] == "not_applicable"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({LOCATION.id: {}}, "does not exist"),
        ({LOCATION.id: {"LocationConstraint": None}}, "is in us-east-1, not in eu-west-1"),
        ({ENCRYPTION.id: {}}, "has no default encryption"),
        ({ENCRYPTION.id: sse("aws:kms")}, "by which S3 delivers no logs"),
        ({OBJECT_LOCK.id: {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {}}}}}, "a default retention"),
        ({POLICY.id: PUBLIC, BLOCK.id: {}}, "is open to the public"),
        ({ACL.id: {"Grants": [READ_BY_ALL]}, BLOCK.id: {}, OWNERSHIP.id: {}}, "is open to the public"),
    ],
)
def test_a_target_that_gets_or_guards_no_logs_fails(changed: dict[str, Any], said: str) -> None:
    verdict, reason = judged(**changed)
    assert verdict == "fail"
    assert said in reason


def test_a_bucket_does_not_keep_its_own_logs() -> None:
    assert judged("training-data")[0] == "fail"


def test_a_lock_without_a_default_retention_takes_logs() -> None:
    assert judged(**{OBJECT_LOCK.id: {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}})[0] == "pass"


def test_blocks_of_bucket_or_account_close_the_target() -> None:
    assert judged(**{POLICY.id: PUBLIC})[0] == "pass"
    account = {"PublicAccessBlockConfiguration": ALL_ON}
    assert judged(account=account, **{POLICY.id: PUBLIC, BLOCK.id: {}})[0] == "pass"


def test_a_target_that_cannot_be_read_is_unknown_unless_what_is_known_fails() -> None:
    facts = {LOGGING: {"LoggingEnabled": {"TargetBucket": "logs"}}, LOG_TARGET: Unread("denied"), ACCOUNT_BLOCK: {}}
    assert look(CONTROL, facts) == ("unknown", "denied")
    assert judged(**{POLICY.id: Unresolved("a part is not known"), BLOCK.id: {}})[0] == "unknown"
    assert judged(**{POLICY.id: Unresolved("a part is not known"), BLOCK.id: {}, ENCRYPTION.id: {}})[0] == "fail"
