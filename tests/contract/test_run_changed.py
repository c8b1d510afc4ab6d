"""What SageMaker tells of runs, and what we say of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.retraining import entries
from holdfast.retraining.contract import RUN_CHANGES, Arrived, PipelineExecutionChanged, RunSeen, TrainingJobChanged
from holdfast.shared.contract import Emitted
from holdfast.shared.errors import ContractError

EXECUTION = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/bike-demand-training/execution/p4jn9xou8a8s"
JOB = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/holdfast-bike-demand-4f1d4f1d4f1d4f1d"
Sample = Callable[[str], Any]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("pipeline_execution_succeeded", RunSeen(EXECUTION, "Succeeded")),
        ("pipeline_execution_failed", RunSeen(EXECUTION, "Failed")),
        ("training_job_completed", RunSeen(JOB, "Completed")),
        ("training_job_failed", RunSeen(JOB, "Failed", "AlgorithmError: exit code 1")),
    ],
)
def test_we_read_how_a_run_stands(sample: Sample, name: str, seen: RunSeen) -> None:
    arrived = Arrived.receive(sample(name))
    assert (arrived.source, arrived.account, arrived.is_announced) == ("aws.sagemaker", "123456789012", False)
    assert RUN_CHANGES[arrived.detail_type].receive(sample(name)).seen == seen


def test_we_read_the_sample_that_aws_documents(shared: Path) -> None:
    documented = (
        shared / "events/real/awsdocs/automating-sagemaker-with-eventbridge-7-Pipeline-execution-state-change.json"
    )
    event = json.loads(documented.read_text())
    arn = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/myPipeline-123/execution/p4jn9xou8a8s"
    assert RUN_CHANGES[Arrived.receive(event).detail_type] is PipelineExecutionChanged
    assert PipelineExecutionChanged.receive(event).seen == RunSeen(arn, "Succeeded")


@pytest.mark.parametrize("kind", ["Pipeline-step-state-change", "Model-package-state-change", "SageMaker-image-state"])
def test_the_other_samples_of_sagemaker_are_no_change_of_a_run(shared: Path, kind: str) -> None:
    [path] = (shared / "events/real/awsdocs").glob(f"automating-sagemaker-with-eventbridge-*{kind}*.json")
    assert Arrived.receive(json.loads(path.read_text())).detail_type not in RUN_CHANGES


@pytest.mark.parametrize("reason", [None, "", 5, {"a": 1}])
def test_a_failure_without_a_readable_reason_is_still_a_failure(sample: Sample, reason: object) -> None:
    event = sample("training_job_failed")
    event["detail"]["FailureReason"] = reason
    assert TrainingJobChanged.receive(event).seen == RunSeen(JOB, "Failed")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("pipeline_execution_succeeded", "pipelineExecutionArn"),
        ("pipeline_execution_succeeded", "currentPipelineExecutionStatus"),
        ("training_job_failed", "TrainingJobArn"),
        ("training_job_failed", "TrainingJobStatus"),
    ],
)
@pytest.mark.parametrize("value", [None, "", 5, []])
def test_an_event_that_does_not_say_which_run_or_how_it_stands_is_refused(
    sample: Sample, name: str, field: str, value: object
) -> None:
    event = sample(name)
    event["detail"][field] = value
    with pytest.raises(ContractError):
        RUN_CHANGES[event["detail-type"]].receive(event)


@pytest.mark.parametrize("body", [name for name in vars(entries).values() if isinstance(name, type)], ids=str)
def test_what_we_record_is_closed(body: type) -> None:
    if issubclass(body, Emitted) and body is not Emitted:
        assert body.model_config.get("extra") == "forbid"
        with pytest.raises(ValidationError):
            body.model_validate({"unheard_of": 1})
