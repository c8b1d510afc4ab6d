import json
from typing import Any

import pytest

from holdfast.compliance.controls.model_package_group_private import CONTROL
from holdfast.compliance.reads.sagemaker_linked import PACKAGE_GROUP_POLICY
from tests.unit.compliance.look import ACCOUNT, look

OTHER = "999999999999"
ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def verdict(principal: Any, *, effect: str = "Allow", condition: Any = None, **given: Any) -> str:
    said = {"Effect": effect, "Principal": principal, "Action": "sagemaker:DescribeModelPackage", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{**said, **({"Condition": condition} if condition else {})}]}
    return look(CONTROL, {PACKAGE_GROUP_POLICY: {"ResourcePolicy": json.dumps(policy)}}, **given)[0]


def test_a_group_without_a_policy_is_shared_with_nobody() -> None:
    assert look(CONTROL, {PACKAGE_GROUP_POLICY: {}})[0] == "pass"


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "pass"),
        ({"AWS": ACCOUNT}, "pass"),
        ({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/ml", f"arn:aws:iam::{OTHER}:root"]}, "fail"),
        ({"AWS": OTHER}, "fail"),
        ({"AWS": "*"}, "fail"),
        ("*", "fail"),
        ({"Service": "sagemaker.amazonaws.com"}, "pass"),
    ],
)
def test_other_accounts_and_everyone_are_strangers(principal: Any, expected: str) -> None:
    assert verdict(principal) == expected


def test_a_denial_lets_nobody_in() -> None:
    assert verdict("*", effect="Deny") == "pass"


def test_trusted_accounts_and_organizations_are_no_strangers() -> None:
    assert verdict({"AWS": OTHER}, trustedAccounts=OTHER) == "pass"
    assert verdict("*", condition=ORG, trustedOrgs="o-1") == "pass"
    assert verdict("*", condition=ORG, trustedOrgs="o-2") == "fail"
    assert verdict("*", condition=ORG) == "fail"


def test_a_policy_that_cannot_be_read_is_not_judged() -> None:
    assert look(CONTROL, {PACKAGE_GROUP_POLICY: {"ResourcePolicy": "{"}})[0] == "unknown"
