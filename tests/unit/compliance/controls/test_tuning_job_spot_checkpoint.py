from typing import Any

from holdfast.compliance.controls.tuning_job_spot_checkpoint import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TUNING
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TUNING: {"TrainingJobDefinition": settings}}, **parameters)


def test_spot_training_with_a_checkpoint_complies() -> None:
    assert rule({"EnableManagedSpotTraining": True, "CheckpointConfig": {"S3Uri": "s3://saved/here"}})[0] == "pass"


def test_spot_training_without_one_breaks_it() -> None:
    assert rule({"EnableManagedSpotTraining": True})[0] == "fail"


def test_training_on_demand_needs_none() -> None:
    assert rule({"EnableManagedSpotTraining": False})[0] == "not_applicable"
