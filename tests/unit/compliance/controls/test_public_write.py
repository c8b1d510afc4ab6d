import pytest

from holdfast.compliance.controls.public_write import CONTROL
from holdfast.compliance.reads.s3 import ACL, BLOCK, OWNERSHIP, POLICY
from tests.unit.compliance.access.closed import OPEN, WRITABLE, block, closed, granted, policy
from tests.unit.compliance.look import look


def test_a_policy_that_lets_anyone_put_is_named() -> None:
    said = "policy statement 'Drop' lets anyone s3:putobject"
    assert look(CONTROL, closed({POLICY: policy(WRITABLE)})) == ("fail", said)
    assert look(CONTROL, closed({POLICY: policy(WRITABLE), BLOCK: block("RestrictPublicBuckets")}))[0] == "pass"


def test_who_may_only_read_cannot_write() -> None:
    assert look(CONTROL, closed({POLICY: policy(OPEN)})) == ("pass", CONTROL.title)


@pytest.mark.parametrize(
    "action", ["s3:*", "*", "s3:Put*", "s3:DeleteObject", "s3:PutBucketPolicy", "s3:RestoreObject"]
)
def test_whatever_changes_the_bucket_is_writing(action: str) -> None:
    assert look(CONTROL, closed({POLICY: policy({**OPEN, "Action": action})}))[0] == "fail"


@pytest.mark.parametrize(("permission", "verdict"), [("WRITE", "fail"), ("WRITE_ACP", "fail"), ("READ", "pass")])
def test_an_acl_may_let_anyone_write(permission: str, verdict: str) -> None:
    assert look(CONTROL, closed({OWNERSHIP: {}, ACL: granted(permission)}))[0] == verdict
    assert look(CONTROL, closed({ACL: granted(permission)}))[0] == "pass"
