import pytest

from holdfast.compliance.controls.public_write_policy import CONTROL
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY
from tests.unit.compliance.access.closed import OPEN, WRITABLE, block, closed, granted, policy
from tests.unit.compliance.look import look


def test_a_policy_that_lets_anyone_put_fails() -> None:
    assert look(CONTROL, closed({POLICY: policy(WRITABLE)}))[0] == "fail"
    assert look(CONTROL, closed({POLICY: policy({**OPEN, "Action": "s3:Get*"})}))[0] == "pass"
    assert look(CONTROL, closed())[0] == "pass"


def test_an_acl_is_another_controls_matter() -> None:
    assert look(CONTROL, closed({OWNERSHIP: {}, ACL: granted("WRITE")}))[0] == "pass"


@pytest.mark.parametrize("read", [BLOCK, ACCOUNT_BLOCK])
def test_restricting_public_buckets_closes_it_at_either_level(read: object) -> None:
    facts = closed({POLICY: policy(WRITABLE)}) | {read: block("RestrictPublicBuckets")}  # type: ignore[dict-item]
    assert look(CONTROL, facts)[0] == "pass"


def test_denying_what_is_not_encrypted_lets_nobody_in() -> None:
    denial = {
        **WRITABLE,
        "Effect": "Deny",
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
    }
    assert look(CONTROL, closed({POLICY: policy(denial)}))[0] == "pass"
