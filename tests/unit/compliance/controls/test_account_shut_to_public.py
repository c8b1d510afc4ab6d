import pytest

from holdfast.compliance.controls.account_shut_to_public import CONTROL, SETTINGS
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK
from tests.unit.compliance.access.closed import UNREAD, block
from tests.unit.compliance.look import ACCOUNT, look


def test_the_two_settings_that_take_access_away_are_enough() -> None:
    assert look(CONTROL, {ACCOUNT_BLOCK: block(*SETTINGS)}, name=ACCOUNT) == ("pass", CONTROL.title)


@pytest.mark.parametrize("off", SETTINGS)
def test_without_one_of_them_each_bucket_is_judged_by_itself(off: str) -> None:
    on = block(*(setting for setting in SETTINGS if setting != off))
    found = look(CONTROL, {ACCOUNT_BLOCK: on}, name=ACCOUNT)
    assert found == ("not_applicable", f"the account leaves it to each bucket: {off} off")


def test_without_a_block_nothing_is_said_and_one_not_readable_is_unknown() -> None:
    assert look(CONTROL, {ACCOUNT_BLOCK: {}}, name=ACCOUNT)[0] == "not_applicable"
    assert look(CONTROL, {ACCOUNT_BLOCK: UNREAD}, name=ACCOUNT) == ("unknown", UNREAD.reason)
