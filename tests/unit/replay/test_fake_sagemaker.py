import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast_console.replay.clock import VirtualClock
from holdfast_console.replay.sagemaker import PIPELINE_CHANGE, TRAINING_CHANGE, FakeSageMaker
from holdfast_console.replay.strict import strict

START = datetime(2026, 3, 2, tzinfo=UTC)
TOKEN = "a" * 64
JOB = {
    "TrainingJobName": "holdfast-one",
    "RoleArn": "arn:aws:iam::123456789012:role/training",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "HyperParameters": {"decision": TOKEN},
    "OutputDataConfig": {"S3OutputPath": "s3://data-bucket/out"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
}


@dataclass
class Stage:
    clock: VirtualClock
    fake: FakeSageMaker
    api: Any
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def start(self, *, token: str = TOKEN, **arguments: Any) -> str:
        answer = self.api.start_pipeline_execution(PipelineName="training", ClientRequestToken=token, **arguments)
        return str(answer["PipelineExecutionArn"])

    def describe(self, arn: str) -> dict[str, Any]:
        return dict(self.api.describe_pipeline_execution(PipelineExecutionArn=arn))

    def wait(self, **delta: int) -> None:
        self.clock.advance(timedelta(**delta), between=lambda: None)


@pytest.fixture
def stage(aws: None) -> Iterator[Stage]:
    said: list[tuple[str, dict[str, Any]]] = []
    clock = VirtualClock(START)
    fake = FakeSageMaker(clock, lambda kind, _, detail: said.append((kind, detail)))
    with ExitStack() as stack:
        for context in (clock, strict(), fake.installed()):
            stack.enter_context(context)
        api = boto3.client("sagemaker", "eu-west-1")
        parameters = [{"Name": "Reason", "Type": "String"}]
        definition = json.dumps({"Version": "2020-12-01", "Parameters": parameters})
        api.create_pipeline(
            PipelineName="training",
            PipelineDefinition=definition,
            ClientRequestToken=TOKEN,
            RoleArn="arn:aws:iam::123456789012:role/r",
        )
        yield Stage(clock, fake, api, said)


def test_an_execution_takes_its_time_and_says_so(stage: Stage) -> None:
    stage.fake.next_run(lasts=timedelta(minutes=7))
    arn = stage.start(
        PipelineExecutionDisplayName="holdfast-1", PipelineParameters=[{"Name": "Reason", "Value": "drift"}]
    )
    stage.wait(minutes=6)
    assert stage.describe(arn)["PipelineExecutionStatus"] == "Executing"
    stage.wait(minutes=1)
    assert stage.describe(arn)["PipelineExecutionStatus"] == "Succeeded"
    assert "FailureReason" not in stage.describe(arn)
    assert [(kind, detail["currentPipelineExecutionStatus"]) for kind, detail in stage.said] == [
        (PIPELINE_CHANGE, "Executing"), (PIPELINE_CHANGE, "Succeeded"),
    ]  # fmt: skip
    assert [(run.status, run.parameters) for run in stage.fake.runs] == [("succeeded", {"Reason": "drift"})]


def test_its_events_have_the_fields_of_the_documented_one(stage: Stage, shared: Any) -> None:
    folder = shared / "events" / "real" / "awsdocs"
    documented = json.loads(
        (folder / "automating-sagemaker-with-eventbridge-7-Pipeline-execution-state-change.json").read_text()
    )
    stage.start(PipelineExecutionDisplayName="holdfast-1", PipelineExecutionDescription="why")
    stage.wait(hours=1)
    assert stage.said[-1][0] == documented["detail-type"]
    assert stage.said[-1][1].keys() == documented["detail"].keys()


def test_a_failure_has_its_reason_everywhere(stage: Stage) -> None:
    stage.fake.next_run(fails="CapacityError: no instances")
    arn = stage.start(PipelineExecutionDisplayName="holdfast-1")
    stage.wait(hours=1)
    described, listed = stage.describe(arn), stage.api.list_pipeline_executions(PipelineName="training")
    assert (described["PipelineExecutionStatus"], described["FailureReason"]) == (
        "Failed",
        "CapacityError: no instances",
    )
    assert listed["PipelineExecutionSummaries"][0]["PipelineExecutionFailureReason"] == "CapacityError: no instances"


def test_a_script_is_for_a_new_run_and_not_for_a_token_sent_again(stage: Stage) -> None:
    first = stage.start()
    stage.fake.next_run(fails="CapacityError")
    assert stage.start() == first
    stage.start(token="b" * 64)
    stage.wait(hours=1)
    assert [run.status for run in stage.fake.runs] == ["succeeded", "failed"]


def test_state_changes_can_come_twice_or_not_at_all(stage: Stage) -> None:
    stage.fake.next_run(events=2)
    stage.fake.next_run(events=0)
    stage.start()
    stage.start(token="b" * 64)
    stage.wait(hours=1)
    assert [detail["currentPipelineExecutionStatus"] for _, detail in stage.said] == ["Executing"] * 2 + [
        "Succeeded"
    ] * 2


@pytest.mark.parametrize("code", ["ResourceLimitExceeded", "AccessDeniedException"])
def test_a_start_can_be_refused(stage: Stage, code: str) -> None:
    stage.fake.next_run(refused=(code, "not now"))
    with pytest.raises(ClientError, match=code):
        stage.start()
    assert stage.start()


def test_executions_are_listed_latest_first_by_pages_and_time(stage: Stage) -> None:
    for number in range(3):
        stage.start(token=f"{number}" * 40, PipelineExecutionDisplayName=f"run-{number}")
        stage.wait(hours=1)
    pages = stage.api.get_paginator("list_pipeline_executions").paginate(
        PipelineName="training", PaginationConfig={"PageSize": 2}
    )
    names = [one["PipelineExecutionDisplayName"] for page in pages for one in page["PipelineExecutionSummaries"]]
    assert names == ["run-2", "run-1", "run-0"]
    since = stage.api.list_pipeline_executions(PipelineName="training", CreatedAfter=START + timedelta(minutes=90))
    assert [one["PipelineExecutionDisplayName"] for one in since["PipelineExecutionSummaries"]] == ["run-2"]


def test_a_training_job_runs_and_fails_with_its_reason(stage: Stage) -> None:
    stage.fake.next_run(fails="AlgorithmError: exit code 137")
    stage.api.create_training_job(**JOB)
    assert stage.api.describe_training_job(TrainingJobName="holdfast-one")["TrainingJobStatus"] == "InProgress"
    stage.wait(hours=1)
    described = stage.api.describe_training_job(TrainingJobName="holdfast-one")
    assert (described["TrainingJobStatus"], described["FailureReason"]) == ("Failed", "AlgorithmError: exit code 137")
    assert [(kind, detail["TrainingJobStatus"]) for kind, detail in stage.said] == [
        (TRAINING_CHANGE, "InProgress"), (TRAINING_CHANGE, "Failed"),
    ]  # fmt: skip
    assert described["TrainingEndTime"] == START + timedelta(minutes=20)


def test_a_job_that_is_not_there_is_said_to_be_so_as_aws_says_it(stage: Stage) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found"):
        stage.api.describe_training_job(TrainingJobName="absent")
