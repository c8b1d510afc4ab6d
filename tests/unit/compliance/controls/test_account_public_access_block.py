import pytest

from holdfast.compliance.access.blocks import SETTINGS
from holdfast.compliance.controls.account_public_access_block import CONTROL
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK
from tests.unit.compliance.access.closed import UNREAD, block
from tests.unit.compliance.look import ACCOUNT, look


def test_four_settings_comply() -> None:
    assert look(CONTROL, {ACCOUNT_BLOCK: block(*SETTINGS)}, name=ACCOUNT) == ("pass", CONTROL.title)


@pytest.mark.parametrize("off", SETTINGS)
def test_each_setting_counts_and_is_named(off: str) -> None:
    found = look(CONTROL, {ACCOUNT_BLOCK: block(*(setting for setting in SETTINGS if setting != off))}, name=ACCOUNT)
    assert found == ("fail", f"public access block of the account: {off} off")


def test_no_block_at_all_is_said_so_and_one_not_readable_is_unknown() -> None:
    assert look(CONTROL, {ACCOUNT_BLOCK: {}}, name=ACCOUNT) == ("fail", "the account has no public access block")
    assert look(CONTROL, {ACCOUNT_BLOCK: UNREAD}, name=ACCOUNT) == ("unknown", UNREAD.reason)


def test_a_setting_that_need_not_be_enforced_may_be_off() -> None:
    on = {ACCOUNT_BLOCK: block(*(setting for setting in SETTINGS if setting != "BlockPublicAcls"))}
    assert look(CONTROL, on, name=ACCOUNT, BlockPublicAcls="False")[0] == "pass"
    assert look(CONTROL, on, name=ACCOUNT, IgnorePublicAcls="False")[0] == "fail"
    assert look(CONTROL, on, name=ACCOUNT, block_public_acls=False)[0] == "pass"
