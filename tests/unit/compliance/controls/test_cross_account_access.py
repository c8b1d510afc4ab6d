from typing import Any

import pytest

from holdfast.compliance.controls.cross_account_access import CONTROL
from holdfast.compliance.reads.s3 import ACL, POLICY
from tests.unit.compliance.access.closed import OPEN, OWNER, UNREAD, closed, policy
from tests.unit.compliance.look import ACCOUNT, look

THEIRS = "234567890123"
PARTNER = {**OPEN, "Principal": {"AWS": f"arn:aws:iam::{THEIRS}:root"}}


def verdict(*statements: dict[str, Any], **parameters: Any) -> str:
    return look(CONTROL, closed({POLICY: policy(*statements)}), **parameters)[0]


def test_another_account_is_named_by_the_statement_that_lets_it_in() -> None:
    found = look(CONTROL, closed({POLICY: policy(PARTNER)}))
    assert found == ("fail", "other accounts get in by policy statement 'Share'")


def test_ones_own_account_and_no_policy_comply() -> None:
    assert look(CONTROL, closed()) == ("pass", CONTROL.title)
    assert verdict({**OPEN, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}) == "pass"


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": "arn:aws:iam::*:root"}])
def test_everyone_is_every_other_account_too(principal: object) -> None:
    assert verdict({**OPEN, "Principal": principal, "Action": "s3:DeleteBucketPolicy"}) == "fail"


@pytest.mark.parametrize("name", ["trusted_accounts", "trustedAccounts", "trusted_account_ids"])
@pytest.mark.parametrize("given", [[THEIRS], f"345678901234, {THEIRS}"])
def test_a_trusted_account_is_let_in(name: str, given: object) -> None:
    assert verdict(PARTNER, **{name: given}) == "pass"
    assert verdict(PARTNER, **{name: ["345678901234"]}) == "fail"


@pytest.mark.parametrize(
    ("parameter", "key", "value"),
    [
        ("trusted_orgs", "aws:PrincipalOrgID", "o-goodorg"),
        ("trusted_vpcs", "aws:SourceVpc", "vpc-12345678"),
        ("trusted_vpces", "aws:SourceVpce", "vpce-12345678"),
    ],
)
def test_what_is_trusted_may_be_told(parameter: str, key: str, value: str) -> None:
    limited = {**OPEN, "Condition": {"StringEquals": {key: value}}}
    assert verdict(limited) == "pass"
    assert verdict(limited, **{parameter: [value]}) == "pass"
    assert verdict(limited, **{parameter: ["another"]}) == "fail"


def test_a_canonical_id_is_ones_own_if_the_bucket_says_so() -> None:
    own = {**OPEN, "Principal": {"CanonicalUser": OWNER["ID"]}}
    assert verdict(own) == "pass"
    assert verdict({**OPEN, "Principal": {"CanonicalUser": "0" * 64}}) == "fail"
    assert look(CONTROL, closed({POLICY: policy(own), ACL: UNREAD}))[0] == "unknown"
    assert look(CONTROL, closed({POLICY: policy(PARTNER), ACL: UNREAD}))[0] == "fail"
