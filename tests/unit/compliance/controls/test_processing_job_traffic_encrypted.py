from typing import Any

from holdfast.compliance.controls.processing_job_traffic_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {PROCESSING: settings}, **parameters)


ON: dict[str, Any] = {"NetworkConfig": {"EnableInterContainerTrafficEncryption": True}}
ALONE: dict[str, Any] = {"ProcessingResources": {"ClusterConfig": {"InstanceCount": 1}}}
TOGETHER: dict[str, Any] = {"ProcessingResources": {"ClusterConfig": {"InstanceCount": 3}}}


def test_encrypted_traffic_complies() -> None:
    assert rule(ON)[0] == "pass"


def test_clear_traffic_breaks_it_on_one_instance_as_on_many() -> None:
    assert rule(ALONE)[0] == "fail"
    assert rule(TOGETHER)[0] == "fail"


def test_one_instance_may_be_left_alone() -> None:
    assert rule(ALONE, distributedOnly=True)[0] == "not_applicable"
    assert rule(TOGETHER, distributedOnly=True)[0] == "fail"
