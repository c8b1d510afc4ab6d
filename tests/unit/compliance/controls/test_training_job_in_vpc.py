from typing import Any

from holdfast.compliance.controls.training_job_in_vpc import CONTROL
from holdfast.compliance.facts import Unread
from holdfast.compliance.reads.sagemaker_jobs import TRAINING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TRAINING: settings}, **parameters)


def test_a_training_job_in_subnets_of_ours_complies() -> None:
    assert rule({"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}})[0] == "pass"


def test_a_training_job_without_a_vpc_breaks_it() -> None:
    assert rule({}) == ("fail", "no VpcConfig: it runs outside our VPCs")


def test_a_description_that_cannot_be_read_passes_nothing() -> None:
    assert look(CONTROL, {TRAINING: Unread("sagemaker: denied")}) == ("unknown", "sagemaker: denied")
