import pytest

from holdfast.compliance.controls.public_write_acl import CONTROL
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY
from tests.unit.compliance.access.closed import OPEN, UNREAD, block, closed, granted, policy
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("permission", "fails"),
    [("WRITE", True), ("WRITE_ACP", True), ("FULL_CONTROL", True), ("READ", False), ("READ_ACP", False)],
)
@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_a_grant_to_a_public_group_fails_for_what_it_lets_do(group: str, permission: str, fails: bool) -> None:
    found = look(CONTROL, closed({OWNERSHIP: {}, ACL: granted(permission, group=group)}))
    assert found[0] == ("fail" if fails else "pass")


def test_without_acls_and_under_a_block_it_is_without_effect() -> None:
    wide = {ACL: granted("FULL_CONTROL")}
    assert look(CONTROL, closed(wide))[0] == "pass"
    assert look(CONTROL, closed({**wide, OWNERSHIP: {}, BLOCK: block("IgnorePublicAcls")}))[0] == "pass"
    assert look(CONTROL, closed({**wide, OWNERSHIP: {}, ACCOUNT_BLOCK: block("IgnorePublicAcls")}))[0] == "pass"


def test_the_policy_is_another_controls_matter() -> None:
    assert look(CONTROL, closed({OWNERSHIP: {}, POLICY: policy({**OPEN, "Action": "s3:*"})}))[0] == "pass"


def test_an_acl_that_is_not_readable_is_unknown() -> None:
    assert look(CONTROL, closed({OWNERSHIP: {}, ACL: UNREAD})) == ("unknown", UNREAD.reason)
