from typing import Any

import pytest

from holdfast.compliance.controls.monitoring_isolated import CONTROL
from holdfast.compliance.reads.sagemaker_linked import SCHEDULED_DEFINITION
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"NetworkConfig": {"EnableNetworkIsolation": True}}, "pass"),
        ({"NetworkConfig": {"EnableNetworkIsolation": False}}, "fail"),
        ({}, "fail"),
    ],
)
def test_only_a_switch_that_is_on_complies(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {SCHEDULED_DEFINITION: said})[0] == verdict
