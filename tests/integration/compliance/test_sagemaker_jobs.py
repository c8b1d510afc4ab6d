from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from holdfast.compliance.adapter import Account
from holdfast.compliance.catalogue import every_kind
from holdfast.compliance.facts import GoneError
from holdfast.compliance.logic import judge
from holdfast.compliance.rulebook import Everything

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Trainer"
INSIDE = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
BARE: dict[str, Any] = {
    "AlgorithmSpecification": {"TrainingImage": "churn:7", "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://models"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
KEPT: dict[str, Any] = BARE | {
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "VpcConfig": INSIDE,
    "ResourceConfig": BARE["ResourceConfig"] | {"VolumeKmsKeyId": "alias/ours"},
    "OutputDataConfig": {"S3OutputPath": "s3://models", "KmsKeyId": "alias/ours"},
    "Tags": [{"Key": "owner", "Value": "team-a"}],
}


@pytest.fixture
def sagemaker(aws: None) -> Any:
    """Give a client of SageMaker."""
    return boto3.client("sagemaker", REGION)


def account() -> Account:
    return Account(ACCOUNT, REGION, clients=lambda service: boto3.client(service, REGION))


def verdicts(kind: str, name: str) -> dict[str, str]:
    now, of = datetime.now(UTC), every_kind()[kind]
    resource = account().resource(of, name)
    found = judge(resource, account().readings(resource, of, now=now), Everything(), now=now)
    return {finding.control: finding.verdict for finding in found}


def test_a_careless_training_job_breaks_what_a_careful_one_keeps(sagemaker: Any) -> None:
    sagemaker.create_training_job(TrainingJobName="careless", **BARE)
    sagemaker.create_training_job(TrainingJobName="careful", **KEPT)
    settings = ("in_vpc", "isolated", "traffic_encrypted", "volume_encrypted", "output_encrypted")
    controls = [f"training_job_{setting}" for setting in settings]
    careless, careful = (verdicts("sagemaker_training_job", name) for name in ("careless", "careful"))
    assert {careless[control] for control in controls} == {"fail"}
    assert {careful[control] for control in controls} == {"pass"}


def test_spot_training_needs_a_checkpoint_and_a_bounded_wait(sagemaker: Any) -> None:
    stop = {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    sagemaker.create_training_job(
        TrainingJobName="spot", **(BARE | {"EnableManagedSpotTraining": True, "StoppingCondition": stop})
    )
    found = verdicts("sagemaker_training_job", "spot")
    assert (found["training_job_spot_checkpoint"], found["training_job_spot_wait"]) == ("fail", "pass")


def test_a_tuning_job_answers_for_the_training_jobs_it_defines(sagemaker: Any) -> None:
    limits = {"Strategy": "Random", "ResourceLimits": {"MaxParallelTrainingJobs": 2}}
    definition = {name: value for name, value in KEPT.items() if name != "Tags"}
    for name, job in {"careful": definition, "careless": BARE}.items():
        sagemaker.create_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name, HyperParameterTuningJobConfig=limits, TrainingJobDefinition=job
        )
    assert verdicts("sagemaker_tuning_job", "careful")["tuning_job_volume_encrypted"] == "pass"
    assert verdicts("sagemaker_tuning_job", "careless")["tuning_job_volume_encrypted"] == "fail"


def test_a_transform_job_is_as_open_as_its_model(sagemaker: Any) -> None:
    sagemaker.create_model(
        ModelName="churn", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "churn:7"}, VpcConfig=INSIDE
    )
    source = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://batches"}}}
    for name, model in {"inside": "churn", "lost": "no-such-model"}.items():
        sagemaker.create_transform_job(
            TransformJobName=name,
            ModelName=model,
            TransformInput=source,
            TransformOutput={"S3OutputPath": "s3://scores"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        )
    assert verdicts("sagemaker_transform_job", "inside")["transform_job_in_vpc"] == "pass"
    lost = verdicts("sagemaker_transform_job", "lost")
    assert (lost["transform_job_in_vpc"], lost["transform_job_volume_encrypted"]) == ("unknown", "fail")


def test_a_processing_job_is_judged_by_its_network_settings(sagemaker: Any) -> None:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
    sagemaker.create_processing_job(
        ProcessingJobName="clean",
        ProcessingResources={"ClusterConfig": cluster},
        AppSpecification={"ImageUri": "clean:1"},
        RoleArn=ROLE,
        NetworkConfig={"EnableNetworkIsolation": True, "VpcConfig": INSIDE},
    )
    found = verdicts("sagemaker_processing_job", "clean")
    assert (found["processing_job_in_vpc"], found["processing_job_isolated"]) == ("pass", "pass")
    assert found["processing_job_traffic_encrypted"] == "fail"


def test_an_automl_job_is_judged_by_its_security_settings(sagemaker: Any) -> None:
    sagemaker.create_auto_ml_job_v2(
        AutoMLJobName="best",
        AutoMLJobInputDataConfig=[{"ChannelType": "training"}],
        OutputDataConfig={"S3OutputPath": "s3://models"},
        AutoMLProblemTypeConfig={"ImageClassificationJobConfig": {"CompletionCriteria": {"MaxCandidates": 1}}},
        RoleArn=ROLE,
        SecurityConfig={"EnableInterContainerTrafficEncryption": True, "VpcConfig": INSIDE},
    )
    found = verdicts("sagemaker_auto_ml_job", "best")
    assert (found["auto_ml_job_in_vpc"], found["auto_ml_job_traffic_encrypted"]) == ("pass", "pass")
    assert found["auto_ml_job_volume_encrypted"] == "fail"


def test_a_compilation_job_is_judged_by_its_output(sagemaker: Any) -> None:
    sagemaker.create_compilation_job(
        CompilationJobName="small",
        RoleArn=ROLE,
        InputConfig={"S3Uri": "s3://models/a", "Framework": "XGBOOST"},
        OutputConfig={"S3OutputLocation": "s3://models/small", "KmsKeyId": "alias/ours"},
        StoppingCondition={"MaxRuntimeInSeconds": 900},
    )
    found = verdicts("sagemaker_compilation_job", "small")
    assert (found["compilation_job_output_encrypted"], found["compilation_job_max_runtime"]) == ("pass", "pass")


@pytest.mark.parametrize("kind", sorted(kind for kind in every_kind() if kind.endswith("_job")))
def test_a_job_that_never_was_is_gone(sagemaker: Any, kind: str) -> None:
    of = every_kind()[kind]
    assert of.described is not None
    with pytest.raises(GoneError):
        account().readings(account().resource(of, "nobody"), of, now=datetime.now(UTC))[of.described]


def test_only_the_jobs_of_the_last_two_days_are_listed(sagemaker: Any) -> None:
    sagemaker.create_training_job(TrainingJobName="churn-7", **BARE)
    now, kind = datetime.now(UTC), every_kind()["sagemaker_training_job"]
    assert list(account().names(kind, now=now)) == ["churn-7"]
    assert list(account().names(kind, now=now + timedelta(days=3))) == []


def test_the_tags_of_a_job_are_read_in_the_shape_of_s3(sagemaker: Any) -> None:
    sagemaker.create_training_job(TrainingJobName="churn-7", **KEPT)
    kind = every_kind()["sagemaker_training_job"]
    readings = account().readings(account().resource(kind, "churn-7"), kind, now=datetime.now(UTC))
    assert kind.tags is not None
    assert readings[kind.tags] == {"TagSet": [{"Key": "owner", "Value": "team-a"}]}
