from typing import Any

import pytest

from holdfast.compliance.controls.endpoint_volume_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"KmsKeyId": "alias/ml"}, "pass"),
        ({}, "fail"),
    ],
)
def test_a_key_of_ones_own_is_needed(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {ENDPOINT_CONFIG: said})[0] == verdict
