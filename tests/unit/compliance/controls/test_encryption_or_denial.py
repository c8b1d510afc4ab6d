import json
from typing import Any

import pytest

from holdfast.compliance.controls.encryption_or_denial import CONTROL
from holdfast.compliance.facts import Unread
from holdfast.compliance.reads.s3 import ENCRYPTION, POLICY
from tests.unit.compliance.look import look

HEADER = "s3:x-amz-server-side-encryption"
SSE = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::training-data/*",
    "Condition": {"StringNotEquals": {HEADER: "AES256"}},
}


def judged(*statements: dict[str, Any]) -> str:
    policy = {POLICY: {"Policy": json.dumps({"Statement": list(statements)})} if statements else {}}
    return look(CONTROL, {ENCRYPTION: {}, **policy})[0]


def test_a_default_is_enough_whatever_the_policy_is() -> None:
    assert (
        look(CONTROL, {ENCRYPTION: {"ServerSideEncryptionConfiguration": SSE}, POLICY: Unread("denied")})[0] == "pass"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Action": ["s3:PutObject", "s3:PutObjectTagging"]},
        {"Action": "s3:Put*"},
        {"Condition": {"StringNotEquals": {HEADER: "aws:kms"}}},
        {"Condition": {"StringNotEquals": {HEADER: ["AES256", "aws:kms"]}}},
        {"Condition": {"Null": {HEADER: "true"}}},
        {"Condition": {"Null": {HEADER: True}}},
    ],
)
def test_denying_what_is_not_encrypted_is_enough_without_a_default(changed: dict[str, Any]) -> None:
    assert judged(DENIAL | changed) == "pass"


@pytest.mark.parametrize(
    "changed",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "123456789012"}},
        {"Action": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::training-data/raw/*"},
        {"Resource": "arn:aws:s3:::training-data"},
        {"Condition": {"StringEquals": {HEADER: "AES256"}}},
        {"Condition": {"Null": {HEADER: "false"}}},
        {"Condition": {"StringNotEquals": {HEADER: "anything"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Condition": {"StringNotEquals": {HEADER: "AES256", "aws:PrincipalAccount": "123456789012"}}},
    ],
)
def test_a_denial_of_less_is_not_enough(changed: dict[str, Any]) -> None:
    assert judged(DENIAL | changed) == "fail"


def test_neither_default_nor_policy_fails() -> None:
    assert judged() == "fail"
