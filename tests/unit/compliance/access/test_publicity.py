from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.compliance.access.document import Statement
from holdfast.compliance.access.publicity import public_grants
from holdfast.compliance.access.reach import ANYTHING, READING, WRITING
from holdfast.compliance.facts import UnknownFactError
from tests.unit.compliance.access.policies import BOTH, BUCKET, OPEN, ORG, let_in, policies, read, statements, without

NOBODY: Any = UnknownFactError("who it is is not known")


def grants(*written: object, doing: tuple[str, ...] = ANYTHING) -> tuple[Statement, ...]:
    return public_grants(read(*written), "data", doing)


def is_public(*written: object, doing: tuple[str, ...] = ANYTHING) -> bool:
    return bool(grants(*written, doing=doing))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        ["*"],
        {"AWS": "*"},
        {"AWS": ["*"]},
        {"AWS": ["arn:aws:iam::123456789012:root", "*"]},
        {"AWS": "arn:aws:iam::*:root"},
        {"AWS": "arn:aws:iam::${aws:PrincipalAccount}:root"},
        {"Service": "*"},
        {"Federated": "*"},
        {"CanonicalUser": "*"},
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
        "arn:aws:iam::123456789012:root",
        {"Service": "logging.s3.amazonaws.com"},
        {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
        {"Federated": "arn:aws:iam::123456789012:saml-provider/corporate"},
        {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"},
    ],
)
def test_a_fixed_principal_is_nobody_else(principal: object) -> None:
    assert not is_public({**OPEN, "Principal": principal})


def test_all_but_some_is_anyone() -> None:
    assert is_public({"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": BOTH})


def test_a_principal_left_out_is_taken_for_anyone_let_in_and_no_one_kept_out() -> None:
    assert is_public(without(OPEN, "Principal"))
    assert is_public(OPEN, {**without(OPEN, "Principal"), "Effect": "Deny"})


@pytest.mark.parametrize(
    "action", ["s3:GetObject", "S3:getobject", "s3:*", "*", "S*:Get*", ["iam:ListUsers", "s3:List*"], "s3:?etObject"]
)
def test_any_action_of_s3_counts_in_any_case(action: object) -> None:
    assert is_public({**OPEN, "Action": action})


def test_an_action_of_another_service_grants_nothing_here() -> None:
    assert not is_public({**OPEN, "Action": "sqs:SendMessage"})
    assert not is_public({**without(OPEN, "Action"), "NotAction": "s3:*"})


def test_all_actions_but_some_count() -> None:
    assert is_public({**without(OPEN, "Action"), "NotAction": "s3:DeleteBucket"})


@pytest.mark.parametrize(
    ("action", "reads", "writes"),
    [
        ("s3:GetObject", True, False),
        ("s3:Get*", True, False),
        ("s3:ListBucket", True, False),
        ("s3:GetBucketAcl", True, False),
        ("s3:PutObject", False, True),
        ("s3:Put*", False, True),
        ("s3:DeleteObject", False, True),
        ("s3:PutBucketPolicy", False, True),
        ("s3:AbortMultipartUpload", False, True),
        ("s3:*", True, True),
        ("*", True, True),
        ("s3:*Object", True, True),
        (["s3:GetObject", "s3:PutObject"], True, True),
    ],
)
def test_reading_is_told_from_writing(action: object, reads: bool, writes: bool) -> None:
    grant = {**OPEN, "Action": action}
    assert (is_public(grant, doing=READING), is_public(grant, doing=WRITING)) == (reads, writes)


def test_all_but_reading_is_writing() -> None:
    grant = {**without(OPEN, "Action"), "NotAction": ["s3:Get*", "s3:List*"]}
    assert (is_public(grant, doing=READING), is_public(grant, doing=WRITING)) == (False, True)


def test_what_is_read_may_be_denied_while_writing_is_not() -> None:
    grant = {**OPEN, "Action": "s3:*", "Resource": BOTH}
    denial = {"Effect": "Deny", "Principal": "*", "Action": ["s3:Get*", "s3:List*"], "Resource": BOTH}
    assert not is_public(grant, denial, doing=READING)
    assert is_public(grant, denial, doing=WRITING)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": ORG},
        {"StringEquals": {"AWS:PrincipalOrgId": ["o-a1b2c3d4e5", "o-e5d4c3b2a1"]}},
        {"StringLike": {"aws:SourceVpc": "vpc-1a2b3c"}},
        {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c"}},
        {"StringEqualsIgnoreCase": {"aws:SourceAccount": "123456789012"}},
        {"StringEquals": {"aws:SourceAccount": 123456789012}},
        {"StringEquals": {"aws:SourceOwner": "123456789012"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:topic"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/reader"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}},
        {"IpAddress": {"aws:SourceIp": "192.168.1.1"}},
        {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:123456789012:accesspoint/*"}},
        {"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}},
        {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:1:key/a"}},
        {"StringEquals": ORG, "Bool": {"aws:SecureTransport": "true"}},
        {"StringLike": {"aws:Referer": "*", "aws:SourceVpc": "vpc-1a2b3c"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}, "StringEquals": ORG},
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
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}},
        {"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}},
        {"StringEquals": {"aws:PrincipalOrgID": []}},
        {"StringEquals": {"aws:PrincipalOrgID": ""}},
        {"StringEqualsIfExists": ORG},
        {"ForAllValues:StringEquals": ORG},
        {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringNotEquals": ORG},
        {"Null": {"aws:PrincipalOrgID": "false"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}},
        {"IpAddress": {"aws:SourceIp": "::/0"}},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}},
        {"IpAddress": {"aws:SourceIp": "everywhere"}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringLike": {"aws:Referer": "https://example.com/page"}},
        {"StringEquals": {"aws:UserAgent": "secret"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:SecureTransport": True}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"s3:prefix": "open/"}},
        {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
        {"StringEquals": {"aws:PrincipalTag/team": "red"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*"}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:*:accesspoint/*"}},
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"NumericGreaterThan": {"s3:TlsVersion": 1.2}},
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
        {"NotAction": "s3:PutObject", "Resource": BOTH},
        {"Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"},
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


def test_a_denial_of_everyone_but_named_ones_takes_a_grant_back() -> None:
    denial = {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "*"}
    assert not is_public(OPEN, {**denial, "Resource": BOTH})
    assert is_public(OPEN, {**denial, "Resource": BOTH, "NotPrincipal": {"AWS": "*"}})


def test_a_grant_on_everything_means_the_bucket_and_its_objects() -> None:
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": BOTH}
    assert not is_public({**OPEN, "Resource": "*"}, denial)
    assert is_public({**OPEN, "Resource": "*"}, {**denial, "Resource": BUCKET})


@pytest.mark.parametrize(
    "denial",
    [
        {"Action": "s3:PutObject", "Resource": BOTH},
        {"Action": "s3:*", "Resource": BUCKET},
        {"Action": "s3:*", "Resource": f"{BUCKET}/secret/*"},
        {"Action": "s3:*", "Resource": f"{BUCKET}/?"},
        {"Action": "s3:*", "Resource": f"{BUCKET}/\ue000"},
        {"Action": "s3:*", "Resource": f"{BUCKET}/" + "${aws:username}"},
        {"NotAction": "s3:GetObject", "Resource": BOTH},
        {"NotAction": "s3:*", "Resource": BOTH},
        {"Action": "s3:*", "NotResource": f"{BUCKET}/open/*"},
        {"Action": "s3:*", "Resource": "*", "Principal": {"AWS": "123456789012"}},
        {"Action": "s3:*", "Resource": "*", "Principal": {"Service": "*"}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": ORG}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:SourceVpc": "vpc-*"}}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringNotEquals": ORG}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalOrgID": "true"}}},
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


def test_a_public_statement_is_told_although_another_is_not_known() -> None:
    known = read({**OPEN, "Sid": "Share"})
    assert [one.name for one in public_grants((*known, Statement(2, {**OPEN, "Effect": "Allow"})), "data")] == [
        "'Share'",
        "2",
    ]
    with pytest.raises(UnknownFactError):
        public_grants((*known, Statement(2, NOBODY)), "data")


def test_an_unknown_statement_leaves_a_closed_policy_in_doubt() -> None:
    with pytest.raises(UnknownFactError):
        public_grants((Statement(1, NOBODY),), "data")


@settings(deadline=None)
@given(policies, statements(st.just("Allow")), st.sampled_from([ANYTHING, READING, WRITING]))
def test_an_allow_more_never_makes_a_bucket_less_public(
    policy: list[dict[str, Any]], more: dict[str, Any], doing: tuple[str, ...]
) -> None:
    before = {grant.name for grant in grants(*policy, doing=doing)}
    assert before <= {grant.name for grant in grants(*policy, more, doing=doing)}


@settings(deadline=None)
@given(policies, statements(st.just("Deny")), st.sampled_from([ANYTHING, READING, WRITING]))
def test_a_denial_more_never_makes_a_bucket_more_public(
    policy: list[dict[str, Any]], more: dict[str, Any], doing: tuple[str, ...]
) -> None:
    before = {grant.name for grant in grants(*policy, doing=doing)}
    assert {grant.name for grant in grants(*policy, more, doing=doing)} <= before


@settings(deadline=None)
@given(policies, st.randoms())
def test_the_order_of_statements_means_nothing(policy: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(policy)
    random.shuffle(shuffled)
    assert is_public(*policy) == is_public(*shuffled)


@settings(deadline=None)
@given(policies)
def test_one_value_and_a_list_of_one_mean_the_same(policy: list[dict[str, Any]]) -> None:
    assert is_public(*policy) == is_public(*_single(policy))


@settings(deadline=None)
@given(policies)
def test_what_is_public_is_public_to_read_or_to_write(policy: list[dict[str, Any]]) -> None:
    if is_public(*policy, doing=READING) or is_public(*policy, doing=WRITING):
        assert is_public(*policy)


@settings(max_examples=1000, deadline=None)
@given(policies)
def test_wherever_a_stranger_gets_in_the_evaluator_says_so(policy: list[dict[str, Any]]) -> None:
    for action in set(let_in(policy)):
        reads = action.startswith(("s3:Get", "s3:List"))
        assert is_public(*policy)
        assert is_public(*policy, doing=READING if reads else WRITING)


def _single(value: Any) -> Any:
    """Write every list of one as its one value, and every other value but a statement as a list of one."""
    if isinstance(value, dict):
        return {name: _single(one) for name, one in value.items()}
    if isinstance(value, list):
        parts = [_single(one) for one in value]
        return parts[0] if len(parts) == 1 and not isinstance(parts[0], dict) else parts
    return value
