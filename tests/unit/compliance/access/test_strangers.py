from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.compliance.access.strangers import Trust, account_of, foreign_grants, foreign_grants_in_any_case
from tests.unit.compliance.access.policies import BOTH, OPEN, policies, read, statements, without

OURS, THEIRS = "123456789012", "234567890123"
ROOT = f"arn:aws:iam::{THEIRS}:root"
OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
PARTNER = {**OPEN, "Principal": {"AWS": ROOT}}
TRUST = Trust(frozenset({OURS}), owner=lambda: OWNER)
TOLD = Trust(
    frozenset({OURS, "345678901234"}),
    orgs=frozenset({"o-goodorg"}),
    vpcs=frozenset({"vpc-12345678"}),
    vpces=frozenset({"vpce-12345678", "vpce-87654321"}),
)


def lets_in(*written: object, trust: Trust = TRUST) -> bool:
    return bool(foreign_grants(read(*written), trust, "data"))


@pytest.mark.parametrize(
    ("name", "account"),
    [
        (OURS, OURS),
        (f"arn:aws:iam::{OURS}:role/x", OURS),
        (f"arn:aws:sts::{OURS}:assumed-role/x/y", OURS),
        (f"arn:aws:sns:us-east-1:{OURS}", OURS),
        ("arn:aws:s3:::data", ""),
        ("*", None),
        ("AIDAEXAMPLEEXAMPLE", None),
    ],
)
def test_an_account_stands_alone_or_in_an_arn(name: str, account: str | None) -> None:
    assert account_of(name) == account


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": OURS},
        {"AWS": f"arn:aws:iam::{OURS}:root"},
        f"arn:aws:iam::{OURS}:root",
        {"AWS": [f"arn:aws:iam::{OURS}:role/a", f"arn:aws:sts::{OURS}:assumed-role/a/b"]},
        {"Service": "logging.s3.amazonaws.com"},
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"},
        {"AWS": "AIDACKCEVSQ6C2EXAMPLE"},
        {"CanonicalUser": OWNER},
        {"Federated": f"arn:aws:iam::{OURS}:saml-provider/corporate"},
        {"AWS": []},
    ],
)
def test_ones_own_account_and_aws_itself_are_no_strangers(principal: object) -> None:
    assert not lets_in({**OPEN, "Principal": principal})


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": THEIRS},
        {"AWS": ROOT},
        {"AWS": [f"arn:aws:iam::{OURS}:root", ROOT]},
        {"AWS": "arn:aws:iam::*:root"},
        {"AWS": f"arn:aws:iam::{THEIRS}:role/{OURS}"},
        {"CanonicalUser": "0" * 64},
        {"Federated": "accounts.google.com"},
        {"Service": "*"},
    ],
)
def test_everyone_else_is(principal: object) -> None:
    assert lets_in({**OPEN, "Principal": principal})


def test_all_but_some_is_everyone_else() -> None:
    assert lets_in({**without(OPEN, "Principal"), "NotPrincipal": {"AWS": OURS}})


def test_keeping_out_lets_in_nobody() -> None:
    assert not lets_in({**PARTNER, "Effect": "Deny"})


def test_a_trusted_account_is_no_stranger() -> None:
    assert not lets_in({**OPEN, "Principal": {"AWS": "arn:aws:iam::345678901234:root"}}, trust=TOLD)
    assert lets_in(PARTNER, trust=TOLD)


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{OURS}"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{OURS}:*"}},
        {"ArnEquals": {"aws:sourcearn": f"arn:aws:sns:us-east-1:{OURS}:topic-name"}},
        {"StringEquals": {"aws:SourceAccount": OURS}},
        {"StringEquals": {"aws:PrincipalAccount": [OURS]}},
        {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{OURS}:role/*"}},
        {"StringLike": {"s3:DataAccessPointArn": [f"arn:aws:s3:us-east-1:{OURS}:accesspoint/*"]}},
        {"StringEquals": {"s3:DataAccessPointAccount": OURS}},
        {"StringEquals": {"aws:sourceVpc": "vpc-01234567"}},
        {"StringEquals": {"aws:sourceVpce": "vpce-01234567"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-anyorg"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{OURS}:x"}, "StringLike": {"s3:prefix": "*"}},
    ],
)
def test_a_condition_may_keep_it_at_home(condition: object) -> None:
    assert not lets_in({**OPEN, "Condition": condition})


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{THEIRS}:topic-name"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic-name"}},
        {"StringEquals": {"aws:SourceAccount": [OURS, THEIRS]}},
        {"StringEqualsIfExists": {"aws:SourceAccount": OURS}},
        {"StringNotEquals": {"aws:PrincipalAccount": OURS}},
        {"ForAllValues:StringEquals": {"aws:PrincipalAccount": OURS}},
        {"StringEquals": {"aws:ResourceAccount": OURS}},
        {"StringLike": {"aws:SourceVpc": "vpc-*"}},
        {"StringLike": {"s3:DataAccessPointArn": f"arn:aws:s3:us-east-1:{THEIRS}:accesspoint/*"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"ForAllValues": {"s3:PutObject": ["server-side-encryption", "body"]}},
    ],
)
def test_or_it_may_not(condition: object) -> None:
    assert lets_in({**OPEN, "Condition": condition})


@pytest.mark.parametrize(
    ("condition", "foreign"),
    [
        ({"StringEquals": {"aws:sourceVpc": "vpc-12345678"}}, False),
        ({"StringEquals": {"aws:sourceVpc": "vpc-01234567"}}, True),
        ({"StringEquals": {"aws:sourceVpce": ["vpce-12345678", "vpce-87654321"]}}, False),
        ({"StringEquals": {"aws:sourceVpce": ["vpce-12345678", "vpce-01234567"]}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-goodorg"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-badorg"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-goodorg/r-ab12/*"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-badorg/r-ab12/*"}}, True),
    ],
)
def test_where_networks_and_organisations_are_named_no_other_is_trusted(condition: object, foreign: bool) -> None:
    assert lets_in({**OPEN, "Condition": condition}, trust=TOLD) is foreign


@pytest.mark.parametrize(
    "denial",
    [
        {"Principal": "*", "Resource": BOTH},
        {"NotPrincipal": {"AWS": f"arn:aws:iam::{OURS}:root"}, "Resource": BOTH},
        {"Principal": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OURS}}},
    ],
)
def test_a_denial_of_all_strangers_takes_it_back(denial: dict[str, Any]) -> None:
    assert not lets_in(PARTNER, {"Effect": "Deny", "Action": "s3:*", **denial})


def test_a_denial_of_some_does_not() -> None:
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": BOTH}
    assert lets_in(PARTNER, {**denial, "Principal": {"AWS": "456789012345"}})
    assert lets_in(PARTNER, {**denial, "NotPrincipal": {"AWS": ROOT}})
    assert lets_in(
        PARTNER, {**denial, "Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": THEIRS}}}
    )


@pytest.mark.parametrize("action", ["s3:PutBucketPolicy", "s3:Put*", "s3:*", "*", "s3:*Policy"])
def test_whatever_the_conditions_an_action_may_be_asked_for_alone(action: str) -> None:
    limited = {**PARTNER, "Action": action, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    asked = ["s3:putbucketpolicy"]
    assert foreign_grants_in_any_case(read(limited), TRUST, "data", asked)
    assert not foreign_grants_in_any_case(read(PARTNER), TRUST, "data", asked)


@settings(deadline=None)
@given(policies, statements(st.sampled_from(["Allow", "Deny"])))
def test_an_allow_more_never_keeps_out_and_a_denial_more_never_lets_in(
    policy: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    before, after = lets_in(*policy), lets_in(*policy, more)
    assert before <= after if more["Effect"] == "Allow" else after <= before


def test_objects_named_by_another_bucket_are_still_told() -> None:
    assert lets_in({**PARTNER, "Resource": "arn:aws:s3:::another/*"})
