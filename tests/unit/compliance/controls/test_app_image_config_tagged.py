from typing import Any

import pytest

from holdfast.compliance.controls.app_image_config_tagged import CONTROL
from holdfast.compliance.reads.sagemaker import APP_IMAGE_CONFIG_TAGS
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"TagSet": [{"Key": "owner", "Value": "ml"}]}, "pass"),
        ({"TagSet": [{"Key": "aws:cloudformation:stack-name", "Value": "ml"}]}, "fail"),
        ({"TagSet": []}, "fail"),
    ],
)
def test_one_tag_of_our_own_will_do(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {APP_IMAGE_CONFIG_TAGS: said})[0] == verdict


@pytest.mark.parametrize(
    ("keys", "verdict"), [("owner", "pass"), ("owner, team", "pass"), ("owner,cost", "fail"), ("Owner", "fail")]
)
def test_every_tag_key_asked_for_must_be_there_in_its_spelling(keys: str, verdict: str) -> None:
    said = {"TagSet": [{"Key": "owner", "Value": "ml"}, {"Key": "team", "Value": ""}]}
    assert look(CONTROL, {APP_IMAGE_CONFIG_TAGS: said}, requiredKeyTags=keys)[0] == verdict
