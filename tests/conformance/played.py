"""SageMaker's resources: as moto keeps them, or answered in its place where it keeps none."""

from collections.abc import Mapping
from typing import Any

from tests.conformance.case import ACCOUNT, REGION, Stage, State

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
VPC = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
CLUSTER = {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
Body = Mapping[str, Any]


def arn(kind: str, name: str) -> str:
    """Write the ARN of a resource of SageMaker."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"


def merged(one: Body, other: Body) -> dict[str, Any]:
    """Lay one body over another; `None` takes a setting out."""
    found = dict(one)
    for key, value in other.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(found.get(key), Mapping):
            found[key] = merged(found[key], value)
        else:
            found[key] = value
    return found


def made(operation: str, name_key: str, base: Body, *lost: str, **settings: Any) -> State:
    """Create a resource in moto, and tell of it what moto loses."""

    def state(stage: Stage, name: str) -> None:
        whole = merged(base, settings)
        getattr(stage.client("sagemaker"), operation)(**{name_key: name}, **whole)
        stage.add(
            f"Describe{name_key.removesuffix('Name')}", name, {key: whole[key] for key in lost if key in whole}
        )  # fmt: skip

    return state


def played(api: str, summaries: str, kind: str, base: Body | None = None, **settings: Any) -> State:
    """Let a resource be listed and described that moto does not keep."""

    def state(stage: Stage, name: str) -> None:
        named = {f"{api}Name": name, f"{api}Arn": arn(kind, name)}
        stage.lists(f"List{api}s", summaries, named)
        stage.play(f"Describe{api}", name, named | merged(base or {}, settings))

    return state


def tagged(kind: str, state: State, tags: Mapping[str, str]) -> State:
    """Give a played resource tags."""

    def tagging(stage: Stage, name: str) -> str | None:
        found = state(stage, name)
        stage.play("ListTags", arn(kind, name), {"Tags": [{"Key": key, "Value": tags[key]} for key in tags]})
        return found

    return tagging


def notebook(**settings: Any) -> State:
    """Make a notebook instance."""
    base = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE}
    return made("create_notebook_instance", "NotebookInstanceName", base, "PlatformIdentifier", **settings)


def model(**settings: Any) -> State:
    """Make a model."""
    base = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "i"}}
    return made("create_model", "ModelName", base, "EnableNetworkIsolation", **settings)


def endpoint_config(*variants: Body, **settings: Any) -> State:
    """Make an endpoint configuration of these variants."""

    def state(stage: Stage, name: str) -> None:
        for number, _ in enumerate(variants or ({},)):
            stage.client("sagemaker").create_model(ModelName=f"{name}-{number}", ExecutionRoleArn=ROLE)
        whole = [
            {"VariantName": f"variant-{number}", "ModelName": f"{name}-{number}", **variant}
            for number, variant in enumerate(variants or (INSTANCES(1),))
        ]
        stage.client("sagemaker").create_endpoint_config(EndpointConfigName=name, ProductionVariants=whole, **settings)

    return state


def INSTANCES(count: int) -> dict[str, Any]:  # noqa: N802 - a constant but for its count
    """Write a variant on instances."""
    return {"InstanceType": "ml.m5.large", "InitialInstanceCount": count, "InitialVariantWeight": 1.0}


def training(**settings: Any) -> State:
    """Make a training job."""
    base = {
        "AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "File"}, "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://out/"}, "ResourceConfig": CLUSTER,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }  # fmt: skip
    return made("create_training_job", "TrainingJobName", base, **settings)


def processing(**settings: Any) -> State:
    """Make a processing job."""
    base = {
        "AppSpecification": {"ImageUri": "i"}, "RoleArn": ROLE, "ProcessingResources": {"ClusterConfig": CLUSTER},
    }  # fmt: skip
    return made("create_processing_job", "ProcessingJobName", base, "ProcessingResources", **settings)


def transform(**settings: Any) -> State:
    """Make a transform job."""
    base = {
        "ModelName": "m", "TransformOutput": {"S3OutputPath": "s3://out/"},
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/"}}},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }  # fmt: skip
    return made("create_transform_job", "TransformJobName", base, **settings)


def domain(auth: str = "IAM", network: str | None = None, **settings: Any) -> State:
    """Make a domain, which AWS names itself."""

    def state(stage: Stage, name: str) -> str:
        chosen = {} if network is None else {"AppNetworkAccessType": network}
        made_ = stage.client("sagemaker").create_domain(
            DomainName=name, AuthMode=auth, DefaultUserSettings={"ExecutionRole": ROLE}, SubnetIds=["subnet-1"],
            VpcId="vpc-1", **{"Tags": [], **chosen, **settings},
        )  # fmt: skip
        return str(made_["DomainArn"]).rpartition("/")[2]

    return state


def definition(api: str, **settings: Any) -> State:
    """Make the definition of a monitoring job."""
    snake = {"DataQuality": "data_quality", "ModelQuality": "model_quality", "ModelBias": "model_bias",
             "ModelExplainability": "model_explainability"}[api]  # fmt: skip
    inputs = {"EndpointInput": {"EndpointName": "e", "LocalPath": "/opt/in"}}
    truth = {"GroundTruthS3Input": {"S3Uri": "s3://truth/"}} if api in ("ModelQuality", "ModelBias") else {}
    specification = {"ImageUri": "i"} | ({} if api.endswith("Quality") else {"ConfigUri": "s3://config/"})
    if api == "ModelQuality":
        specification["ProblemType"] = "Regression"
    base = {
        f"{api}AppSpecification": specification, f"{api}JobInput": {**inputs, **truth}, "RoleArn": ROLE,
        f"{api}JobOutputConfig": {"MonitoringOutputs": [
            {"S3Output": {"S3Uri": "s3://out/", "LocalPath": "/opt/out"}}]},
        "JobResources": {"ClusterConfig": CLUSTER},
    }  # fmt: skip
    return made(f"create_{snake}_job_definition", "JobDefinitionName", base, **settings)


def schedule(network: Body | None = None, status: str = "Scheduled", held: bool = True) -> State:
    """Make a monitoring schedule that holds its job definition, or names one."""

    def state(stage: Stage, name: str) -> None:
        job = {"RoleArn": ROLE} | ({} if network is None else {"NetworkConfig": dict(network)})
        config = {"MonitoringJobDefinition": job} if held else {
            "MonitoringJobDefinitionName": f"{name}-job", "MonitoringType": "DataQuality"}  # fmt: skip
        if not held:
            definition("DataQuality", **({} if network is None else {"NetworkConfig": dict(network)}))(
                stage, f"{name}-job"
            )
        summary = {"MonitoringScheduleStatus": status}
        stage.lists("ListMonitoringSchedules", "MonitoringScheduleSummaries",
                    {"MonitoringScheduleName": name, **summary})  # fmt: skip
        stage.play("DescribeMonitoringSchedule", name, {
            "MonitoringScheduleName": name, "MonitoringScheduleArn": arn("monitoring-schedule", name),
            "MonitoringScheduleConfig": config, **summary,
        })  # fmt: skip

    return state


def feature_group(**settings: Any) -> State:
    """Make a feature group."""
    return played("FeatureGroup", "FeatureGroupSummaries", "feature-group", **settings)


def experiment(**settings: Any) -> State:
    """Make an inference experiment, whose describe and list calls name it shortly."""

    def state(stage: Stage, name: str) -> None:
        named = {"Name": name, "Arn": arn("inference-experiment", name), "Type": "ShadowMode"}
        stage.lists("ListInferenceExperiments", "InferenceExperiments", named)
        stage.play("DescribeInferenceExperiment", name, named | settings)

    return state
