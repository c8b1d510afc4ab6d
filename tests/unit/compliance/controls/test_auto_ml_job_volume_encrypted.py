from typing import Any

import pytest

from holdfast.compliance.controls.auto_ml_job_volume_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {AUTO_ML: {"SecurityConfig": settings}}, **parameters)


def test_a_volume_with_a_key_complies() -> None:
    assert rule({"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": "alias/ours"})[0] == "pass"


@pytest.mark.parametrize("key", [{}, {"VolumeKmsKeyId": ""}])
def test_a_volume_without_a_key_breaks_it(key: dict[str, str]) -> None:
    assert rule({"InstanceType": "ml.m5.xlarge"} | key)[0] == "fail"
