"""What we ask SageMaker, in its own words, and what we make of its answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from holdfast.retraining.adapter import Runs
from holdfast.retraining.contract import RunSeen
from holdfast.retraining.entries import BatchVersion
from holdfast.retraining.policy import TrainingJob
from holdfast.retraining.runs import CLOCKS_APART, Order, Refused, Started
from holdfast.shared.errors import ConfigurationError, TransientError
from tests.conftest import ACCOUNT, NOON, REGION
from tests.integration.retraining.conftest import JOB

ID = "0123456789abcdef" * 4
NAME = f"holdfast-{ID}"
EXECUTION = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/p/execution/abcdef123456"
TRAINING = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/holdfast-jobs-0123456789abcdef"
BATCH = BatchVersion(bucket="data", key="a", version_id="v")


@pytest.fixture
def stub() -> Iterator[Stubber]:
    """Script SageMaker's answers; what is asked must fit its service model."""
    with Stubber(boto3.client("sagemaker", REGION)) as made:
        yield made
        made.assert_no_pending_responses()


def runs(stub: Stubber) -> Runs:
    """Give the adapter in front of the script."""
    return Runs(stub.client)


def order(*, job: bool = False) -> Order:
    """Order a run."""
    if job:
        name = TRAINING.rpartition("/")[2]
        return Order(ID, name, None, TrainingJob.model_validate(JOB), (BATCH,), "because", NOON)
    return Order(ID, NAME, "p", None, (BATCH,), "because", NOON)


def listed(number: int, name: str = "someone-elses") -> dict[str, Any]:
    """List an execution."""
    return {"PipelineExecutionArn": f"{EXECUTION[:-2]}{number:02d}", "PipelineExecutionDisplayName": name}


def test_an_execution_of_the_decisions_name_is_found_on_any_page(stub: Stubber) -> None:
    asked = {"PipelineName": "p", "CreatedAfter": NOON - CLOCKS_APART}
    first = {"PipelineExecutionSummaries": [listed(1), {"PipelineExecutionArn": EXECUTION}], "NextToken": "more"}
    second = {"PipelineExecutionSummaries": [listed(2), listed(3, NAME)]}
    stub.add_response("list_pipeline_executions", first, asked)
    stub.add_response("list_pipeline_executions", second, {**asked, "NextToken": "more"})
    assert runs(stub).start(order()) == Started(listed(3)["PipelineExecutionArn"], found=True)


def test_a_start_carries_the_decision_as_token_name_and_parameter(stub: Stubber) -> None:
    stub.add_response("list_pipeline_executions", {"PipelineExecutionSummaries": []}, None)
    definition = '{"Parameters": [{"Name": "HoldfastBatches"}, {"Name": "HoldfastDecision"}]}'
    stub.add_response("describe_pipeline", {"PipelineDefinition": definition}, {"PipelineName": "p"})
    asked = {
        "PipelineName": "p",
        "PipelineExecutionDisplayName": NAME,
        "PipelineExecutionDescription": ANY,
        "PipelineParameters": [
            {"Name": "HoldfastBatches", "Value": '["s3://data/a?versionId=v"]'},
            {"Name": "HoldfastDecision", "Value": ID},
        ],
        "ClientRequestToken": ID,
    }
    stub.add_response("start_pipeline_execution", {"PipelineExecutionArn": EXECUTION}, asked)
    assert runs(stub).start(order()) == Started(EXECUTION, found=False)


def no_such_job(stub: Stubber) -> None:
    """Answer as SageMaker does of a job that does not exist."""
    stub.add_client_error("describe_training_job", "ValidationException", "Requested resource not found.")


def described(decision: str) -> dict[str, Any]:
    """Describe a training job."""
    return {
        "TrainingJobName": TRAINING.rpartition("/")[2], "TrainingJobArn": TRAINING, "TrainingJobStatus": "InProgress",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://data/m"}, "SecondaryStatus": "Starting", "CreationTime": NOON,
        "AlgorithmSpecification": {"TrainingInputMode": "File"}, "ResourceConfig": {"VolumeSizeInGB": 1},
        "StoppingCondition": {}, "HyperParameters": {"HoldfastDecision": decision},
    }  # fmt: skip


def test_a_job_that_came_to_be_between_looking_and_asking_is_compared(stub: Stubber) -> None:
    for decision, answer in ((ID, Started(TRAINING, found=True)), ("f" * 64, None)):
        no_such_job(stub)
        stub.add_client_error("create_training_job", "ResourceInUse", "already exists")
        stub.add_response("describe_training_job", described(decision))
        found = runs(stub).start(order(job=True))
        assert found == answer or (answer is None and isinstance(found, Refused) and found.code == "name_taken")


def test_a_name_in_use_by_what_cannot_be_seen_is_for_an_operator(stub: Stubber) -> None:
    no_such_job(stub)
    stub.add_client_error("create_training_job", "ResourceInUse", "already exists")
    no_such_job(stub)
    with pytest.raises(ConfigurationError, match="ResourceInUse"):
        runs(stub).start(order(job=True))


def test_looking_that_is_throttled_is_tried_again(stub: Stubber) -> None:
    stub.add_client_error("list_pipeline_executions", "ThrottlingException", "Rate exceeded", http_status_code=400)
    with pytest.raises(TransientError):
        runs(stub).start(order())


def test_a_run_is_described_with_its_reason_to_fail(stub: Stubber) -> None:
    answer = {"PipelineExecutionStatus": "Failed", "FailureReason": "ClientError: no data"}
    stub.add_response("describe_pipeline_execution", answer, {"PipelineExecutionArn": EXECUTION})
    assert runs(stub).describe(EXECUTION) == RunSeen(EXECUTION, "Failed", "ClientError: no data")
    stub.add_response("describe_training_job", described(ID), {"TrainingJobName": TRAINING.rpartition("/")[2]})
    assert runs(stub).describe(TRAINING) == RunSeen(TRAINING, "InProgress")


@pytest.mark.parametrize(
    ("code", "message"),
    [("ResourceNotFound", "gone"), ("ValidationException", "Requested resource not found.")],
)
def test_a_run_that_is_gone_is_none(stub: Stubber, code: str, message: str) -> None:
    stub.add_client_error("describe_pipeline_execution", code, message)
    assert runs(stub).describe(EXECUTION) is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ValidationException", ConfigurationError),
        ("AccessDeniedException", ConfigurationError),
        ("ThrottlingException", TransientError),
    ],
)
def test_a_run_that_cannot_be_read_is_not_taken_for_gone(stub: Stubber, code: str, error: type[Exception]) -> None:
    stub.add_client_error("describe_pipeline_execution", code, "1 validation error detected")
    with pytest.raises(error):
        runs(stub).describe(EXECUTION)


def test_looking_reaches_back_before_the_decision_for_clocks_differ() -> None:
    assert timedelta(minutes=1) < CLOCKS_APART < timedelta(hours=1)


def test_a_run_is_looked_for_by_its_name_alone(stub: Stubber) -> None:
    asked = {"PipelineName": "p", "CreatedAfter": NOON - CLOCKS_APART}
    stub.add_response("list_pipeline_executions", {"PipelineExecutionSummaries": [listed(1), listed(2, NAME)]}, asked)
    stub.add_response("list_pipeline_executions", {"PipelineExecutionSummaries": [listed(1)]}, asked)
    stub.add_client_error("list_pipeline_executions", "ResourceNotFound", "no such pipeline", expected_params=asked)
    found = runs(stub)
    assert found.find(order()) == listed(2)["PipelineExecutionArn"]
    assert found.find(order()) is None
    assert found.find(order()) is None


@pytest.mark.parametrize(
    ("code", "error"), [("AccessDeniedException", ConfigurationError), ("ThrottlingException", TransientError)]
)
def test_who_may_not_look_or_is_throttled_knows_nothing(stub: Stubber, code: str, error: type[Exception]) -> None:
    stub.add_client_error("list_pipeline_executions", code, "no")
    with pytest.raises(error, match="looking for"):
        runs(stub).find(order())
