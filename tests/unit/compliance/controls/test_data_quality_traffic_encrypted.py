from typing import Any

import pytest

from holdfast.compliance.controls.data_quality_traffic_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import DATA_QUALITY
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"NetworkConfig": {"EnableInterContainerTrafficEncryption": True}}, "pass"),
        ({"NetworkConfig": {"EnableInterContainerTrafficEncryption": False}}, "fail"),
        ({"NetworkConfig": {}}, "fail"),
        ({}, "fail"),
        ({"JobResources": {"ClusterConfig": {"InstanceCount": 1}}}, "fail"),
    ],
)
def test_only_a_switch_that_is_on_complies(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {DATA_QUALITY: said})[0] == verdict
