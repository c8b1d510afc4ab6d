import json
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.compliance.policy import Statement, parse, public_grants, tls_gap
from holdfast.shared.errors import ContractError

BUCKET = "arn:aws:s3:::data"
BOTH = [BUCKET, f"{BUCKET}/*"]
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
ORG = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}


def read(*statements: object) -> tuple[Statement, ...]:
    return parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def is_public(*statements: object) -> bool:
    return bool(public_grants(read(*statements)))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": ["*"]},
        {"AWS": ["arn:aws:iam::123456789012:root", "*"]},
        {"AWS": "arn:aws:iam::*:root"},
        {"Service": "*"},
        {"Federated": "*"},
    ],
)
def test_a_wildcard_anywhere_in_the_principal_is_anyone(principal: object) -> None:
    assert is_public({**OPEN, "Principal": principal})


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::123456789012:root"},
        {"AWS": "123456789012"},
        {"AWS": ["arn:aws:iam::123456789012:role/reader", "arn:aws:iam::210987654321:user/ann"]},
        {"Service": "logging.s3.amazonaws.com"},
        {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
        {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
    ],
)
def test_a_fixed_principal_is_nobody_else(principal: object) -> None:
    assert not is_public({**OPEN, "Principal": principal})


def test_all_but_some_is_anyone() -> None:
    assert is_public({"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": BOTH})


def test_one_statement_may_stand_without_a_list() -> None:
    assert public_grants(parse(json.dumps({"Statement": OPEN})))


def test_a_principal_left_out_is_taken_for_anyone_let_in_and_no_one_kept_out() -> None:
    allowing = {key: value for key, value in OPEN.items() if key != "Principal"}
    assert is_public(allowing)
    assert is_public(OPEN, {**allowing, "Effect": "Deny"})


@pytest.mark.parametrize(
    "action", ["s3:GetObject", "S3:getobject", "s3:*", "*", "S*:Get*", ["iam:ListUsers", "s3:List*"]]
)
def test_any_action_of_s3_counts_in_any_case(action: object) -> None:
    assert is_public({**OPEN, "Action": action})


def test_an_action_of_another_service_grants_nothing_here() -> None:
    assert not is_public({**OPEN, "Action": "sqs:SendMessage"})


def test_all_actions_but_some_count() -> None:
    rest = {key: value for key, value in OPEN.items() if key != "Action"}
    assert is_public({**rest, "NotAction": "s3:DeleteBucket"})


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": ORG},
        {"StringEquals": {"AWS:PrincipalOrgId": ["o-a1b2c3d4e5", "o-e5d4c3b2a1"]}},
        {"StringLike": {"aws:SourceVpc": "vpc-1a2b3c"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c"}},
        {"StringEqualsIgnoreCase": {"aws:SourceAccount": "123456789012"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:topic"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/reader"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}},
        {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:123456789012:accesspoint/*"}},
        {"StringEquals": ORG, "Bool": {"aws:SecureTransport": "true"}},
        {"StringLike": {"aws:Referer": "*", "aws:SourceVpc": "vpc-1a2b3c"}},
    ],
)
def test_a_fixed_value_of_a_trusted_key_limits(condition: object) -> None:
    assert not is_public({**OPEN, "Condition": condition})


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringLike": {"aws:SourceVpc": "vpc-*"}},
        {"StringEquals": {"aws:SourceVpc": ["vpc-1a2b3c", "*"]}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:username}:role/x"}},
        {"StringEquals": {"aws:PrincipalOrgID": []}},
        {"StringEquals": {"aws:PrincipalOrgID": ""}},
        {"StringEqualsIfExists": ORG},
        {"ForAllValues:StringEquals": ORG},
        {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringNotEquals": ORG},
        {"Null": {"aws:PrincipalOrgID": "false"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}},
        {"IpAddress": {"aws:SourceIp": "everywhere"}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringLike": {"aws:Referer": "https://example.com/page"}},
        {"StringEquals": {"aws:UserAgent": "secret"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"s3:prefix": "open/"}},
        {"StringEquals": {"aws:PrincipalTag/team": "red"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*"}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:*:accesspoint/*"}},
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ],
)
def test_anything_else_does_not_limit(condition: object) -> None:
    assert is_public({**OPEN, "Condition": condition})


@pytest.mark.parametrize(
    "denial",
    [
        {"Action": "s3:*", "Resource": BOTH},
        {"Action": "*", "Resource": "*"},
        {"Action": "s3:Get*", "Resource": f"{BUCKET}/*"},
        {"Action": "S3:GETOBJECT", "Resource": f"{BUCKET}*"},
        {"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": ORG}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": ORG}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringNotEquals": ORG}},
        {
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {
                "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
                "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": False},
            },
        },
    ],
)
def test_a_denial_of_all_strangers_takes_a_grant_back(denial: dict[str, Any]) -> None:
    assert not is_public(OPEN, {"Effect": "Deny", "Principal": "*", **denial})


@pytest.mark.parametrize(
    "denial",
    [
        {"Action": "s3:PutObject", "Resource": BOTH},
        {"Action": "s3:*", "Resource": BUCKET},
        {"Action": "s3:*", "Resource": f"{BUCKET}/secret/*"},
        {"Action": "s3:*", "Resource": f"{BUCKET}/?"},
        {"NotAction": "s3:PutObject", "Resource": BOTH},
        {"Action": "s3:*", "NotResource": f"{BUCKET}/open/*"},
        {"Action": "s3:*", "Resource": "*", "Principal": {"AWS": "123456789012"}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": ORG}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:SourceVpc": "vpc-*"}}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringNotEquals": ORG}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/1"}}},
        {
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": ORG, "Bool": {"aws:SecureTransport": "false"}},
        },
    ],
)
def test_a_denial_of_less_does_not(denial: dict[str, Any]) -> None:
    assert is_public(OPEN, {"Effect": "Deny", "Principal": "*", **denial})


def test_two_denials_may_share_what_is_taken_back() -> None:
    wide = {**OPEN, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": BOTH}
    objects = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{BUCKET}/*"}
    assert is_public(wide, objects)
    assert not is_public(wide, objects, {**objects, "Resource": BUCKET})


DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": BOTH,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
        {"Action": "*"},
        {"Action": ["s3:*"]},
        {"Action": "S3:*"},
        {"Resource": "*"},
        {"Resource": "arn:aws:s3:::*"},
        {"Resource": f"{BUCKET}*"},
        {"Resource": ["arn:aws-cn:s3:::data", "arn:aws-cn:s3:::data/*"]},
        {"Condition": {"Bool": {"aws:SecureTransport": False}}},
        {"Condition": {"Bool": {"aws:securetransport": ["False"]}}},
        {"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}},
    ],
)
def test_clear_text_is_denied(change: dict[str, Any]) -> None:
    assert tls_gap(read(OPEN, {**DENIAL, **change}), "data") is None


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "123456789012"}},
        {"Principal": {"Service": "*"}},
        {"Action": "s3:GetObject"},
        {"Action": ["s3:Get*", "s3:Put*"]},
        {"Resource": f"{BUCKET}/*"},
        {"Resource": BUCKET},
        {"Resource": [BUCKET, f"{BUCKET}/data/*"]},
        {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
        {"Condition": {}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringNotEquals": {"aws:SourceVpc": "vpc-1"}}},
        {"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
    ],
)
def test_clear_text_is_not_denied_enough(change: dict[str, Any]) -> None:
    assert tls_gap(read({**DENIAL, **change}), "data") is not None


def test_bucket_and_objects_may_be_denied_by_two_statements() -> None:
    assert tls_gap(read({**DENIAL, "Resource": BUCKET}, {**DENIAL, "Resource": f"{BUCKET}/*"}), "data") is None
    assert tls_gap(read({**DENIAL, "Resource": BUCKET}), "data") == "clear text is not denied for its objects"


def test_denying_everyone_but_some_is_not_everyone() -> None:
    rest = {key: value for key, value in DENIAL.items() if key != "Principal"}
    assert tls_gap(read({**rest, "NotPrincipal": "*"}), "data") is not None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"Statement": ["x"]}', '{"Statement": {}}', '{"Statement": NaN}', "[" * 100_000,
     '{"Statement": {"Effect": "allow"}}', '{"Statement": {"Effect": "Allow", "Condition": {"Bool": []}}}'],
)  # fmt: skip
def test_what_is_no_policy_is_refused_not_judged(text: str) -> None:
    with pytest.raises(ContractError):
        parse(text)


# A request of a stranger, evaluated the way IAM documents it, against what the evaluator says.

principals = st.sampled_from(
    ["*", {"AWS": "*"}, {"AWS": "123456789012"}, {"Service": "x.amazonaws.com"}, {"AWS": ["123456789012", "*"]}]
)
actions = st.lists(
    st.sampled_from(["s3:GetObject", "s3:Get*", "s3:PutObject", "s3:*", "*", "sqs:*"]), min_size=1, max_size=2
)
resources = st.lists(st.sampled_from([*BOTH, "*", f"{BUCKET}/a/*", f"{BUCKET}*"]), min_size=1, max_size=2)
operators = st.sampled_from(
    [
        "StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists",
        "StringNotEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringEquals",
        "ForAnyValue:StringNotEquals", "ForAllValues:StringNotEquals",
    ]
)  # fmt: skip
keys = st.sampled_from(["aws:PrincipalOrgID", "aws:SourceVpc", "aws:Referer", "s3:prefix"])
values = st.lists(st.sampled_from(["o-1", "vpc-1", "*", "vpc-*", "mine"]), min_size=1, max_size=2)
tests = st.one_of(
    st.tuples(operators, st.dictionaries(keys, values, min_size=1, max_size=2)),
    st.tuples(
        st.sampled_from(["IpAddress", "NotIpAddress", "IpAddressIfExists"]),
        st.fixed_dictionaries(
            {"aws:SourceIp": st.lists(st.sampled_from(["203.0.113.0/24", "0.0.0.0/1", "0.0.0.0/0"]), min_size=1)}
        ),
    ),
)
conditions = st.lists(tests, max_size=2).map(dict)


def statements(effect: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"Effect": effect, "Principal": principals, "Action": actions, "Resource": resources, "Condition": conditions}
    )


policies = st.lists(statements(st.sampled_from(["Allow", "Deny"])), max_size=4)


@given(policies, statements(st.just("Allow")))
def test_an_allow_more_never_makes_a_bucket_less_public(policy: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert len(public_grants(read(*policy, more))) >= len(public_grants(read(*policy)))


@given(policies, statements(st.just("Deny")))
def test_a_denial_more_never_makes_a_bucket_more_public(policy: list[dict[str, Any]], more: dict[str, Any]) -> None:
    before = {grant.name for grant in public_grants(read(*policy))}
    assert {grant.name for grant in public_grants(read(*policy, more))} <= before


@given(policies)
def test_the_order_of_statements_means_nothing(policy: list[dict[str, Any]]) -> None:
    assert is_public(*policy) == is_public(*reversed(policy))


STRANGERS: list[dict[str, str]] = [
    {"aws:sourceip": ip, **more}
    for ip in ("198.51.100.7", "9.9.9.9")
    for more in (
        {},
        {"aws:principalorgid": "o-stranger"},
        {"aws:principalorgid": "o-stranger", "aws:sourcevpc": "vpc-stranger"},
        {"aws:referer": "mine", "s3:prefix": "mine"},
        {"aws:referer": "o-1", "s3:prefix": "vpc-1"},
        {"aws:referer": "vpc-1", "s3:prefix": "stranger"},
    )
]
ASKED = [
    ("s3:GetObject", f"{BUCKET}/a/b"),
    ("s3:GetObject", f"{BUCKET}/z"),
    ("s3:PutObject", f"{BUCKET}/z"),
    ("s3:ListBucket", BUCKET),
]


def holds(operator: str, key: str, wanted: list[str], request: dict[str, str]) -> bool:
    """Evaluate one test as the IAM reference describes it."""
    quantifier, _, bare = operator.rpartition(":")
    lenient, bare = bare.endswith("IfExists"), bare.removesuffix("IfExists")
    value = request.get(key.lower())
    negated = "Not" in bare
    if value is None:
        return lenient or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    if "Ip" in bare:
        found = any(ip_address(value) in ip_network(one) for one in wanted)
    elif "Like" in bare:
        found = any(fnmatchcase(value, one) for one in wanted)
    else:
        found = value in wanted
    return found is not negated


def applies(statement: dict[str, Any], action: str, resource: str, request: dict[str, str]) -> bool:
    principal = statement["Principal"]
    return (
        (principal == "*" or "*" in principal.get("AWS", ()))
        and any(fnmatchcase(action.lower(), one.lower()) for one in statement["Action"])
        and any(fnmatchcase(resource, one) for one in statement["Resource"])
        and all(
            holds(operator, key, wanted, request)
            for operator, block in statement["Condition"].items()
            for key, wanted in block.items()
        )
    )


def stranger_gets_in(policy: list[dict[str, Any]]) -> bool:
    return any(
        any(one["Effect"] == "Allow" and applies(one, *asked, request) for one in policy)
        and not any(one["Effect"] == "Deny" and applies(one, *asked, request) for one in policy)
        for asked in ASKED
        for request in STRANGERS
    )


@settings(max_examples=1000)
@given(policies)
def test_wherever_a_stranger_gets_in_the_evaluator_says_so(policy: list[dict[str, Any]]) -> None:
    if stranger_gets_in(policy):
        assert is_public(*policy)


@settings(max_examples=500)
@given(policies, statements(st.just("Deny")))
def test_where_clear_text_gets_through_the_evaluator_says_so(
    policy: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    denial = {**more, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    if tls_gap(read(*policy, denial), "data") is None:
        assert all(applies({**denial, "Condition": {}}, *asked, {}) for asked in ASKED)
