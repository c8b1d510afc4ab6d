from typing import Any

import pytest

from holdfast.compliance.controls.model_in_vpc import CONTROL
from holdfast.compliance.reads.sagemaker import MODEL
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "pass"),
        ({"VpcConfig": {}}, "fail"),
        ({}, "fail"),
    ],
)
def test_a_model_needs_subnets(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {MODEL: said})[0] == verdict
