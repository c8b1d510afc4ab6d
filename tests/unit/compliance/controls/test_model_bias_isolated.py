from typing import Any

import pytest

from holdfast.compliance.controls.model_bias_isolated import CONTROL
from holdfast.compliance.reads.sagemaker import MODEL_BIAS
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"NetworkConfig": {"EnableNetworkIsolation": True}}, "pass"),
        ({"NetworkConfig": {"EnableNetworkIsolation": False}}, "fail"),
        ({"NetworkConfig": {}}, "fail"),
        ({}, "fail"),
    ],
)
def test_only_a_switch_that_is_on_complies(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {MODEL_BIAS: said})[0] == verdict
