import pytest

from holdfast.compliance.controls.public_read import CONTROL
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY
from tests.unit.compliance.access.closed import OPEN, UNREAD, WRITABLE, block, closed, granted, policy
from tests.unit.compliance.look import look

SAID = "policy statement 'Share' lets anyone s3:getobject"


def verdict(changed: dict[Read, Fact | Unread]) -> tuple[str, str]:
    return look(CONTROL, closed(changed))


def test_an_open_policy_is_named_with_what_it_opens() -> None:
    assert verdict({POLICY: policy(OPEN)}) == ("fail", SAID)


@pytest.mark.parametrize("read", [BLOCK, ACCOUNT_BLOCK])
def test_restricting_public_buckets_closes_it_at_either_level(read: Read) -> None:
    assert verdict({POLICY: policy(OPEN), read: block("RestrictPublicBuckets")})[0] == "pass"


@pytest.mark.parametrize("setting", ["BlockPublicPolicy", "BlockPublicAcls", "IgnorePublicAcls"])
def test_the_other_settings_leave_an_old_policy_in_force(setting: str) -> None:
    assert verdict({POLICY: policy(OPEN), BLOCK: block(setting)}) == ("fail", SAID)


def test_no_policy_opens_nothing() -> None:
    assert verdict({}) == ("pass", CONTROL.title)


def test_who_may_only_write_cannot_read() -> None:
    assert verdict({POLICY: policy(WRITABLE)})[0] == "pass"


@pytest.mark.parametrize("permission", ["READ", "READ_ACP", "FULL_CONTROL"])
@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_an_acl_opens_the_bucket_while_acls_count(permission: str, group: str) -> None:
    acl: dict[Read, Fact | Unread] = {ACL: granted(permission, group=group)}
    assert verdict(acl)[0] == "pass"
    assert verdict({**acl, OWNERSHIP: {}})[0] == "fail"
    assert verdict({**acl, OWNERSHIP: {}, ACCOUNT_BLOCK: block("BlockPublicAcls")})[0] == "fail"
    assert verdict({**acl, OWNERSHIP: {}, ACCOUNT_BLOCK: block("IgnorePublicAcls")})[0] == "pass"


def test_an_acl_that_lets_only_write_lets_nobody_read() -> None:
    assert verdict({ACL: granted("WRITE", "WRITE_ACP"), OWNERSHIP: {}})[0] == "pass"


def test_both_ways_in_are_told() -> None:
    both = verdict({POLICY: policy(OPEN), OWNERSHIP: {}, ACL: granted("READ")})
    assert both == ("fail", f"{SAID}; the ACL grants everyone READ")


def test_what_is_not_readable_is_unknown_unless_the_rest_decides() -> None:
    assert verdict({POLICY: UNREAD}) == ("unknown", UNREAD.reason)
    assert verdict({POLICY: UNREAD, BLOCK: block("RestrictPublicBuckets")})[0] == "pass"
    assert verdict({POLICY: UNREAD, OWNERSHIP: {}, ACL: granted("READ")})[0] == "fail"
    assert verdict({POLICY: policy(OPEN), ACL: UNREAD, OWNERSHIP: {}})[0] == "fail"
    assert verdict({POLICY: policy(OPEN), ACCOUNT_BLOCK: UNREAD}) == ("unknown", UNREAD.reason)
    assert verdict({BLOCK: UNREAD, ACCOUNT_BLOCK: UNREAD})[0] == "pass"


def test_a_policy_that_cannot_be_read_is_not_judged() -> None:
    assert verdict({POLICY: {"Policy": '{"Statement": {"Effect": "Deny", "Effect": "Allow"}}'}})[0] == "unknown"
