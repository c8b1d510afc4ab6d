from typing import Any

import pytest

from holdfast.compliance.controls.model_isolated import CONTROL
from holdfast.compliance.reads.sagemaker import MODEL
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"EnableNetworkIsolation": True}, "pass"),
        ({"EnableNetworkIsolation": "true"}, "pass"),
        ({"EnableNetworkIsolation": False}, "fail"),
        ({}, "fail"),
    ],
)
def test_only_isolation_that_is_on_complies(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {MODEL: said})[0] == verdict
