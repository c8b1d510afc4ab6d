import pytest

from holdfast.compliance.controls.access_point_block import CONTROL
from holdfast.compliance.reads.s3_access_points import ACCESS_POINT
from tests.unit.compliance.look import look

ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def test_all_four_settings_pass() -> None:
    assert look(CONTROL, {ACCESS_POINT: {"PublicAccessBlockConfiguration": ALL_ON}})[0] == "pass"


@pytest.mark.parametrize("setting", ALL_ON)
def test_each_setting_counts(setting: str) -> None:
    answer = {"PublicAccessBlockConfiguration": {**ALL_ON, setting: False}}
    assert look(CONTROL, {ACCESS_POINT: answer}) == ("fail", f"public access block: {setting} off")


def test_no_block_at_all_fails() -> None:
    assert look(CONTROL, {ACCESS_POINT: {"Name": "door"}})[0] == "fail"


def test_one_that_may_be_public_is_left_alone() -> None:
    answer = {ACCESS_POINT: {"Name": "door"}}
    assert look(CONTROL, answer, name="door", excludedAccessPoints="door,other")[0] == "not_applicable"
