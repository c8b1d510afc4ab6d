from holdfast.compliance.controls.public_access import CONTROL
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, OWNERSHIP, POLICY
from tests.unit.compliance.access.closed import OPEN, WRITABLE, block, closed, granted, policy
from tests.unit.compliance.look import look


def test_reading_and_writing_both_open_it() -> None:
    assert look(CONTROL, closed({POLICY: policy(OPEN)}))[0] == "fail"
    assert look(CONTROL, closed({POLICY: policy(WRITABLE)}))[0] == "fail"
    assert look(CONTROL, closed()) == ("pass", CONTROL.title)


def test_so_does_any_grant_to_the_public_by_acl() -> None:
    for permission in ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"):
        assert look(CONTROL, closed({OWNERSHIP: {}, ACL: granted(permission)}))[0] == "fail"


def test_the_two_settings_that_take_access_away_may_stand_at_two_levels() -> None:
    wide = {POLICY: policy(OPEN), OWNERSHIP: {}, ACL: granted("READ")}
    half = closed({**wide, BLOCK: block("IgnorePublicAcls")})
    assert look(CONTROL, half)[0] == "fail"
    assert look(CONTROL, {**half, ACCOUNT_BLOCK: block("RestrictPublicBuckets")})[0] == "pass"


def test_a_long_list_of_actions_is_cut_short() -> None:
    wide = {**OPEN, "Action": [f"s3:GetObject{number}" for number in range(100)]}
    assert len(look(CONTROL, closed({POLICY: policy(wide)}))[1]) < 150
