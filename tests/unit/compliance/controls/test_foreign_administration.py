from typing import Any

import pytest

from holdfast.compliance.controls.foreign_administration import CONTROL, PATTERNS
from holdfast.compliance.reads.s3 import POLICY
from tests.unit.compliance.access.closed import OPEN, closed, policy
from tests.unit.compliance.look import ACCOUNT, look

PARTNER = {**OPEN, "Principal": {"AWS": "arn:aws:iam::234567890123:root"}, "Resource": "*"}


def verdict(*statements: dict[str, Any], **parameters: Any) -> str:
    return look(CONTROL, closed({POLICY: policy(*statements)}), **parameters)[0]


@pytest.mark.parametrize("action", [*PATTERNS, "s3:*", "*", "s3:Put*", "s3:*Acl", "S3:PUTBUCKETPOLICY"])
def test_another_account_may_not_administer_the_bucket(action: str) -> None:
    assert verdict({**PARTNER, "Action": action}) == "fail"
    assert verdict({**PARTNER, "Action": ["s3:GetObject", action]}) == "fail"


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:DeleteBucket", "sqs:*"])
def test_it_may_use_what_is_in_it(action: str) -> None:
    assert verdict({**PARTNER, "Action": action}) == "pass"


def test_all_actions_but_some_are_these_too() -> None:
    rest = {name: value for name, value in PARTNER.items() if name != "Action"}
    assert verdict({**rest, "NotAction": "s3:GetObject"}) == "fail"
    assert verdict({**rest, "NotAction": ["s3:Put*", "s3:DeleteBucketPolicy"]}) == "pass"


def test_everyone_is_every_other_account_too() -> None:
    assert verdict({**PARTNER, "Principal": "*", "Action": "s3:PutBucketAcl"}) == "fail"


def test_ones_own_account_and_aws_services_may() -> None:
    for principal in ({"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}, {"Service": "s3.amazonaws.com"}):
        assert verdict({**PARTNER, "Principal": principal, "Action": "s3:*"}) == "pass"


@pytest.mark.parametrize(
    "condition", [{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}]
)
def test_conditions_mean_nothing(condition: object) -> None:
    assert verdict({**PARTNER, "Action": "s3:*", "Condition": condition}) == "fail"


def test_what_is_denied_to_all_others_is_not_allowed() -> None:
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    assert verdict({**PARTNER, "Action": "s3:*"}, denial) == "pass"
    assert (
        verdict({**PARTNER, "Action": "s3:*"}, {**denial, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
        == "fail"
    )


@pytest.mark.parametrize("name", ["blacklistedActionPatterns", "blacklistedactionpatterns", "blacklistedActionPattern"])
def test_the_actions_may_be_told(name: str) -> None:
    told = {name: "s3:GetBucket*, s3:DeleteObject"}
    assert verdict({**PARTNER, "Action": "s3:GetBucketAcl"}, **told) == "fail"
    assert verdict({**PARTNER, "Action": "s3:Delete*"}, **told) == "fail"
    assert verdict({**PARTNER, "Action": "s3:PutBucketPolicy"}, **told) == "pass"
