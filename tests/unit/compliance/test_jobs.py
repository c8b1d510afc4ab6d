from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts, UnknownFactError
from holdfast.compliance.jobs import requested
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.sagemaker_jobs import TRAINING
from holdfast.compliance.resource import Resource
from tests.unit.compliance.look import ACCOUNT, NOON, look

JOBS = sorted(kind for kind in catalogue.every_kind() if kind.endswith("_job"))
MADE: dict[str, Any] = {
    "trainingJobName": "churn-7",
    "trainingJobArn": "arn:aws:sagemaker:eu-west-1:123456789012:training-job/churn-7",
    "algorithmSpecification": {"trainingImage": "churn:7", "enableSageMakerMetricsTimeSeries": False},
    "hyperParameters": {"max_depth": "5", "sagemaker_program": "train.py"},
    "environment": {"modelName": "churn"},
    "inputDataConfig": [{"channelName": "train", "dataSource": {"s3DataSource": {"s3Uri": "s3://training-data/a"}}}],
    "outputDataConfig": {"kmsKeyId": "alias/ours", "s3OutputPath": "s3://models/out"},
    "resourceConfig": {"instanceCount": 2, "volumeKmsKeyId": "alias/ours", "useReservedCapacity": False},
    "vpcConfig": {"securityGroupIds": ["sg-1"], "subnets": ["subnet-1", "subnet-2"]},
    "stoppingCondition": {"maxRuntimeInSeconds": 3600},
    "tags": [{"key": "owner", "value": "team-a"}],
    "enableNetworkIsolation": True,
    "enableInterContainerTrafficEncryption": True,
    "disableEFA": False,
    "withWarmPoolValidationError": False,
}


def of_training() -> list[Control]:
    return [control for control in catalogue.controls_of("sagemaker_training_job") if not control.optional]


def test_a_request_is_spelled_as_the_description_would_be() -> None:
    fact = requested(MADE)
    assert fact["TrainingJobName"] == "churn-7"
    assert fact["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
    assert fact["InputDataConfig"][0]["DataSource"] == {"S3DataSource": {"S3Uri": "s3://training-data/a"}}
    assert fact["OutputDataConfig"] == {"KmsKeyId": "alias/ours", "S3OutputPath": "s3://models/out"}
    assert fact["Tags"] == [{"Key": "owner", "Value": "team-a"}]


def test_the_keys_that_the_caller_chose_stay_as_they_are() -> None:
    fact = requested(MADE)
    assert fact["HyperParameters"] == {"max_depth": "5", "sagemaker_program": "train.py"}
    assert fact["Environment"] == {"modelName": "churn"}


@pytest.mark.parametrize("control", of_training(), ids=lambda control: control.id)
def test_a_job_that_is_gone_is_judged_by_what_was_asked_for(control: Control) -> None:
    assert look(control, {TRAINING: requested(MADE)})[0] == "pass"
    careless = {"trainingJobName": "churn-8", "resourceConfig": {"instanceType": "ml.m5.large", "instanceCount": 1}}
    assert look(control, {TRAINING: requested(careless)})[0] == "fail"


def test_what_cloudtrail_hides_is_not_known() -> None:
    hidden = requested({"outputDataConfig": {"kmsKeyId": "HIDDEN_DUE_TO_SECURITY_REASONS"}})
    facts = Facts(
        Resource("sagemaker_training_job", "churn-7", ACCOUNT), {TRAINING: hidden}, now=NOON, parameters=Parameters()
    )
    with pytest.raises(UnknownFactError, match="CloudTrail hides it"):
        facts[TRAINING]["OutputDataConfig"].get("KmsKeyId")


@pytest.mark.parametrize("name", JOBS)
def test_every_call_that_makes_a_job_is_a_reason_to_look(name: str) -> None:
    kind = catalogue.every_kind()[name]
    assert kind.events[0].startswith("Create")
    assert kind.requested is not None
    assert kind.named_by[1].endswith("JobName")


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize(
    ("code", "message", "is_gone"),
    [
        ("ResourceNotFound", "Amazon SageMaker can't find a tuning job with the name churn", True),
        ("ValidationException", "Requested resource not found.", True),
        ("ValidationException", "Could not find requested job with name: churn", True),
        ("ValidationException", "Could not find model 'churn'.", False),
        ("ValidationException", "1 validation error detected", False),
        ("AccessDeniedException", "not authorized to perform: sagemaker:DescribeTrainingJob", False),
    ],
)
def test_only_a_missing_job_is_gone_and_not_its_model(name: str, code: str, message: str, is_gone: bool) -> None:
    assert catalogue.every_kind()[name].gone(code, message) is is_gone
