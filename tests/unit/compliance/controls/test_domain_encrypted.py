from typing import Any

import pytest

from holdfast.compliance.controls.domain_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import DOMAIN
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"KmsKeyId": "alias/ml"}, "pass"),
        ({"HomeEfsFileSystemKmsKeyId": "alias/ml"}, "pass"),
        ({}, "fail"),
    ],
)
def test_a_key_of_ones_own_is_needed(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {DOMAIN: said})[0] == verdict
