from typing import Any

import pytest

from holdfast.compliance.controls.model_bias_traffic_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import MODEL_BIAS
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (
            {
                "NetworkConfig": {"EnableInterContainerTrafficEncryption": True},
                "JobResources": {"ClusterConfig": {"InstanceCount": 2}},
            },
            "pass",
        ),
        (
            {
                "NetworkConfig": {"EnableInterContainerTrafficEncryption": False},
                "JobResources": {"ClusterConfig": {"InstanceCount": 2}},
            },
            "fail",
        ),
        ({"JobResources": {"ClusterConfig": {"InstanceCount": 3}}}, "fail"),
        (
            {
                "NetworkConfig": {"EnableInterContainerTrafficEncryption": False},
                "JobResources": {"ClusterConfig": {"InstanceCount": 1}},
            },
            "pass",
        ),
        (
            {
                "NetworkConfig": {"EnableInterContainerTrafficEncryption": True},
                "JobResources": {"ClusterConfig": {"InstanceCount": 1}},
            },
            "pass",
        ),
    ],
)
def test_traffic_matters_from_two_instances_on(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {MODEL_BIAS: said})[0] == verdict
