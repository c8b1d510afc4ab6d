from typing import Any

import pytest

from holdfast.compliance.controls.training_job_volume_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TRAINING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TRAINING: {"ResourceConfig": settings}}, **parameters)


def test_a_volume_with_a_key_complies() -> None:
    assert rule({"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": "alias/ours"})[0] == "pass"


@pytest.mark.parametrize("key", [{}, {"VolumeKmsKeyId": ""}])
def test_a_volume_without_a_key_breaks_it(key: dict[str, str]) -> None:
    assert rule({"InstanceType": "ml.m5.xlarge"} | key)[0] == "fail"


@pytest.mark.parametrize("name", ["ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.p4d.24xlarge", "ml.r5d.large"])
def test_disks_for_which_aws_refuses_a_key_are_not_judged(name: str) -> None:
    assert rule({"InstanceType": name})[0] == "not_applicable"


def test_instance_groups_are_judged_like_one_type() -> None:
    local, other = {"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.c5.xlarge"}
    assert rule({"InstanceGroups": [local]})[0] == "not_applicable"
    assert rule({"InstanceGroups": [local, other]})[0] == "fail"


def test_a_serverless_job_has_no_volume() -> None:
    assert look(CONTROL, {TRAINING: {"ServerlessJobConfig": {"JobType": "FineTuning"}}})[0] == "not_applicable"
