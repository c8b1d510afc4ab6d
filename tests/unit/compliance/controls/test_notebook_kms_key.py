from typing import Any

import pytest

from holdfast.compliance.controls.notebook_kms_key import CONTROL
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from tests.unit.compliance.look import look

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER = KEY.replace("1234abcd", "ffffffff")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"KmsKeyId": KEY}, "pass"),
        ({"KmsKeyId": ""}, "fail"),
        ({}, "fail"),
    ],
)
def test_any_key_will_do_if_none_is_asked_for(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {NOTEBOOK: said})[0] == verdict


@pytest.mark.parametrize(
    ("key", "allowed", "verdict"),
    [
        (KEY, KEY, "pass"),
        (KEY, f"{OTHER},{KEY}", "pass"),
        (KEY.rpartition("/")[2], KEY, "pass"),
        (KEY, OTHER, "fail"),
        ("alias/ml", KEY, "unknown"),
        ("alias/ml", KEY.replace("key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/ml"), "pass"),
    ],
)
def test_only_the_keys_asked_for_will_do(key: str, allowed: str, verdict: str) -> None:
    assert look(CONTROL, {NOTEBOOK: {"KmsKeyId": key}}, kmsKeyArns=allowed)[0] == verdict
