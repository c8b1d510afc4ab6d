import pytest

from holdfast.compliance.controls.public_access_block import CONTROL, SETTINGS


def test_four_settings_comply() -> None:
    assert (
        CONTROL.check({"get_public_access_block": {"PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, True)}})
        is None
    )


@pytest.mark.parametrize("off", SETTINGS)
def test_each_setting_counts_and_is_named(off: str) -> None:
    block = {setting: setting != off for setting in SETTINGS}
    assert CONTROL.check({"get_public_access_block": {"PublicAccessBlockConfiguration": block}}) == (
        f"public access block: {off} off"
    )


def test_no_block_at_all_is_said_so() -> None:
    assert CONTROL.check({"get_public_access_block": {}}) == "the bucket has no public access block"
