from typing import Any

import pytest

from holdfast.compliance.controls.tuning_job_volume_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TUNING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TUNING: {"TrainingJobDefinition": {"ResourceConfig": settings}}}, **parameters)


def test_a_volume_with_a_key_complies() -> None:
    assert rule({"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": "alias/ours"})[0] == "pass"


@pytest.mark.parametrize("key", [{}, {"VolumeKmsKeyId": ""}])
def test_a_volume_without_a_key_breaks_it(key: dict[str, str]) -> None:
    assert rule({"InstanceType": "ml.m5.xlarge"} | key)[0] == "fail"


@pytest.mark.parametrize("name", ["ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.p4d.24xlarge", "ml.r5d.large"])
def test_disks_for_which_aws_refuses_a_key_are_not_judged(name: str) -> None:
    assert rule({"InstanceType": name})[0] == "not_applicable"


def test_a_definition_that_leaves_the_type_to_the_tuning_is_judged_too() -> None:
    resources = {"InstanceConfigs": [{"InstanceType": "ml.m5.xlarge"}]}
    job = {"HyperParameterTuningResourceConfig": resources}
    assert look(CONTROL, {TUNING: {"TrainingJobDefinition": job}})[0] == "fail"
