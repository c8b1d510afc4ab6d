import pytest

from holdfast.compliance.controls.multi_region_access_point_block import CONTROL
from holdfast.compliance.reads.s3_access_points import MULTI_REGION_ACCESS_POINT
from tests.unit.compliance.look import look

ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def test_all_four_settings_pass() -> None:
    answer = {"AccessPoint": {"Name": "door", "PublicAccessBlock": ALL_ON}}
    assert look(CONTROL, {MULTI_REGION_ACCESS_POINT: answer})[0] == "pass"


@pytest.mark.parametrize("setting", ALL_ON)
def test_each_setting_counts(setting: str) -> None:
    answer = {"AccessPoint": {"PublicAccessBlock": {**ALL_ON, setting: False}}}
    assert look(CONTROL, {MULTI_REGION_ACCESS_POINT: answer}) == ("fail", f"public access block: {setting} off")


def test_no_block_at_all_fails() -> None:
    assert look(CONTROL, {MULTI_REGION_ACCESS_POINT: {"AccessPoint": {"Name": "door"}}})[0] == "fail"
