from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.compliance.access.clear_text import clear_text_gap
from holdfast.compliance.access.document import Statement
from holdfast.compliance.facts import UnknownFactError
from tests.unit.compliance.access.policies import (
    ASKED,
    BUCKET,
    DENIAL,
    OPEN,
    applies,
    policies,
    read,
    statements,
    without,
)

UNKNOWN = UnknownFactError("not known")


def gap(*written: object) -> str | None:
    return clear_text_gap(read(*written), "data")


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
        {"Condition": {"bool": {"AWS:SECURETRANSPORT": ["false"]}}},
        {"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "BoolIfExists": {"aws:SecureTransport": "false"}}},
    ],
)
def test_clear_text_is_denied(change: dict[str, Any]) -> None:
    assert gap(OPEN, {**DENIAL, **change}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Principal": {"AWS": "123456789012"}},
        {"Principal": {"Service": "*"}},
        {"Principal": {"AWS": "arn:aws:iam::*:root"}},
        {"Action": "s3:GetObject"},
        {"Action": "s3:PutObject"},
        {"Action": ["s3:Get*", "s3:Put*"]},
        {"Action": "sqs:*"},
        {"Resource": f"{BUCKET}/*"},
        {"Resource": BUCKET},
        {"Resource": [BUCKET, f"{BUCKET}/data/*"]},
        {"Resource": [BUCKET, f"{BUCKET}/?"]},
        {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
        {"Condition": {}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringNotEquals": {"aws:SourceVpc": "vpc-1"}}},
        {"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
        {"Condition": {"Null": {"aws:SecureTransport": "true"}}},
    ],
)
def test_clear_text_is_not_denied_enough(change: dict[str, Any]) -> None:
    assert gap({**DENIAL, **change}) is not None


def test_bucket_and_objects_may_be_denied_by_two_statements() -> None:
    assert gap({**DENIAL, "Resource": BUCKET}, {**DENIAL, "Resource": f"{BUCKET}/*"}) is None
    assert gap({**DENIAL, "Resource": BUCKET}) == "clear text is not denied for its objects"


def test_what_one_statement_spares_another_may_deny() -> None:
    rest = {**without(DENIAL, "Action"), "NotAction": ["s3:GetObject", "s3:ListBucket"]}
    assert gap(rest) is not None
    assert gap(rest, {**DENIAL, "Action": ["s3:Get*"]}) is not None
    assert gap(rest, {**DENIAL, "Action": ["s3:Get*", "s3:List*"]}) is None
    assert gap({**without(DENIAL, "Action"), "NotAction": "sqs:*"}) is None


def test_all_resources_but_others_are_all_of_this_bucket() -> None:
    assert gap({**without(DENIAL, "Resource"), "NotResource": "arn:aws:s3:::other/*"}) is None
    assert gap({**without(DENIAL, "Resource"), "NotResource": f"{BUCKET}/open/*"}) is not None


def test_denying_everyone_but_some_is_not_everyone() -> None:
    assert gap({**without(DENIAL, "Principal"), "NotPrincipal": "*"}) is not None
    assert gap({**without(DENIAL, "Principal"), "NotPrincipal": {"AWS": "123456789012"}}) is not None


def test_a_floor_for_the_version_of_tls_may_stand_beside_it() -> None:
    floor = {**DENIAL, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}
    assert gap(DENIAL, floor) is None
    assert gap(floor) == "no statement denies every principal every action when aws:SecureTransport is false"


def test_a_denial_that_is_known_is_enough_whatever_the_rest_says() -> None:
    unknown = Statement(2, UNKNOWN)
    assert clear_text_gap((*read(DENIAL), unknown), "data") is None
    assert clear_text_gap((*read(OPEN), Statement(2, {**OPEN, "Principal": {}})), "data") is not None
    with pytest.raises(UnknownFactError):
        clear_text_gap((*read(OPEN), unknown), "data")


@settings(max_examples=500, deadline=None)
@given(policies, statements(st.just("Deny")))
def test_where_clear_text_gets_through_the_evaluator_says_so(
    policy: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    denials = [*policy, {**more, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]
    if gap(*denials) is None:
        request = {"aws:securetransport": "false", "aws:sourceip": "9.9.9.9"}
        assert all(any(one["Effect"] == "Deny" and applies(one, *asked, request) for one in denials) for asked in ASKED)


@settings(deadline=None)
@given(policies, statements(st.sampled_from(["Allow", "Deny"])))
def test_no_statement_more_opens_what_was_denied(policy: list[dict[str, Any]], more: dict[str, Any]) -> None:
    if gap(*policy, DENIAL) is None:
        assert gap(*policy, DENIAL, more) is None
