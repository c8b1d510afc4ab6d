import json
from datetime import UTC, datetime
from typing import Any

from holdfast.compliance.controls.tls_only import CONTROL
from holdfast.compliance.facts import Fact, Facts, Read, Unread
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK, POLICY
from holdfast.compliance.remedy import Remedy
from holdfast.compliance.resource import Resource
from tests.unit.compliance.access.closed import OPEN, block, closed, policy
from tests.unit.compliance.look import look

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ARN = "arn:aws:s3:::training-data"
DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
NAMED = {**OPEN, "Principal": {"AWS": "123456789012"}}


def proposed(changed: dict[Read, Fact | Unread], partition: str = "aws") -> Remedy | str:
    assert CONTROL.remediation is not None
    bucket = Resource("s3_bucket", "training-data", "123456789012", partition=partition)
    return CONTROL.remediation.propose(Facts(bucket, closed(changed), now=NOON, parameters=Parameters()))


def put(remedy: Remedy | str) -> Any:
    assert isinstance(remedy, Remedy)
    [step] = remedy.apply
    assert step.operation == "put_bucket_policy"
    return json.loads(step.arguments["Policy"])


def test_denying_clear_text_complies() -> None:
    assert look(CONTROL, {POLICY: policy(DENIAL)}) == ("pass", CONTROL.title)


def test_no_policy_breaks_it() -> None:
    assert look(CONTROL, {POLICY: {}}) == ("fail", "there is no bucket policy to deny clear text")


def test_the_denial_must_be_of_this_bucket() -> None:
    said = "clear text is not denied for the bucket and its objects"
    assert look(CONTROL, {POLICY: policy(DENIAL)}, name="other") == ("fail", said)


def test_allowing_only_tls_denies_nothing() -> None:
    allowed = {**OPEN, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    assert look(CONTROL, {POLICY: policy(allowed)})[0] == "fail"


def test_a_grant_to_a_role_that_is_not_known_yet_does_not_matter() -> None:
    role = {**OPEN, "Principal": {"AWS": Unresolved("the role is not known")}}
    assert look(CONTROL, {POLICY: {"Policy": {"Statement": [role, DENIAL]}}})[0] == "pass"
    assert look(CONTROL, {POLICY: {"Policy": {"Statement": [role]}}})[0] == "fail"
    assert look(CONTROL, {POLICY: {"Policy": Unresolved("given elsewhere")}}) == ("unknown", "given elsewhere")


def test_the_remedy_adds_a_statement_and_keeps_the_others() -> None:
    before = policy(NAMED)
    remedy = proposed({POLICY: before})
    kept, added = put(remedy)["Statement"]
    assert kept == NAMED
    assert added == {**DENIAL, "Sid": "DenyClearText"}
    assert look(CONTROL, {POLICY: {"Policy": json.dumps(put(remedy))}})[0] == "pass"
    assert isinstance(remedy, Remedy)
    assert [(step.operation, step.arguments) for step in remedy.undo] == [("put_bucket_policy", before)]


def test_where_there_was_no_policy_undoing_takes_it_away() -> None:
    remedy = proposed({})
    assert put(remedy)["Version"] == "2012-10-17"
    assert isinstance(remedy, Remedy)
    assert [(step.operation, step.arguments) for step in remedy.undo] == [("delete_bucket_policy", {})]


def test_the_remedy_is_of_the_buckets_partition() -> None:
    assert put(proposed({}, "aws-us-gov"))["Statement"][0]["Resource"][0] == "arn:aws-us-gov:s3:::training-data"


def test_a_public_policy_cannot_be_written_back_under_a_block() -> None:
    for read in (BLOCK, ACCOUNT_BLOCK):
        said = proposed({POLICY: policy(OPEN), read: block("BlockPublicPolicy")})
        assert said == "S3 refuses a policy with public statements under BlockPublicPolicy: remove 'Share'"
    assert isinstance(proposed({POLICY: policy(OPEN)}), Remedy)
