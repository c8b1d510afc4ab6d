from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from holdfast.compliance.adapter import Account
from holdfast.compliance.catalogue import every_kind
from holdfast.compliance.facts import GoneError
from holdfast.compliance.logic import judge
from holdfast.compliance.rulebook import Everything
from holdfast.compliance.sagemaker import gone
from holdfast.shared.errors import GovernanceError

ACCOUNT, REGION = "123456789012", "eu-west-1"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ml"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
Verdicts = dict[str, str]


@pytest.fixture
def sagemaker(aws: None) -> Any:
    return boto3.client("sagemaker", REGION)


def account(client: Any = None) -> Account:
    return Account(ACCOUNT, REGION, clients=lambda name, *_: client or boto3.client(name, REGION))


def names(kind: str, client: Any = None) -> list[str]:
    return list(account(client).names(every_kind()[kind], now=NOON))


def verdicts(
    kind: str, name: str | None = None, client: Any = None, given: dict[str, dict[str, str]] | None = None
) -> Verdicts:
    here, one = account(client), every_kind()[kind]
    resource = here.resource(one, name or names(kind, client)[0])
    found = judge(resource, here.readings(resource, one, now=NOON), Everything(given or {}), now=NOON)
    return {finding.control: finding.verdict for finding in found}


STANDING = sorted(kind.id for kind in every_kind().values() if kind.gone is gone)


@pytest.mark.parametrize("kind", STANDING)
def test_amazons_api_has_what_a_kind_asks_for(sagemaker: Any, kind: str) -> None:
    one = every_kind()[kind]
    assert all(sagemaker.can_paginate(call.operation) for call in one.lists)
    assert one.described is not None
    assert all(callable(getattr(sagemaker, call.operation)) for call in one.described.calls)
    made = sagemaker.meta.service_model.operation_names
    assert [event for event in one.events if event not in made] == []


def notebook(client: Any, **said: Any) -> Verdicts:
    client.create_notebook_instance(NotebookInstanceName="Lab", InstanceType="ml.t2.medium", RoleArn=ROLE, **said)
    return verdicts("sagemaker_notebook_instance")


def test_a_notebook_with_amazons_defaults_is_open(sagemaker: Any) -> None:
    found = notebook(sagemaker)
    assert {control for control, verdict in found.items() if verdict == "fail"} == {
        "notebook_in_vpc",
        "notebook_kms_key",
        "notebook_no_direct_internet",
        "notebook_no_root",
        "notebook_volume_encrypted",
    }
    assert found["notebook_no_secrets"] == "pass"


def test_a_notebook_in_order_passes(sagemaker: Any) -> None:
    found = notebook(
        sagemaker,
        SubnetId="subnet-1",
        SecurityGroupIds=["sg-1"],
        DirectInternetAccess="Disabled",
        RootAccess="Disabled",
        KmsKeyId=KEY,
    )
    assert set(found.values()) <= {"pass", "unknown"}
    assert [control for control, verdict in found.items() if verdict == "unknown"] == ["notebook_platform_supported"]


@pytest.mark.parametrize(("script", "verdict"), [("echo hello", "pass"), ("export DB_PASSWORD=correct-horse", "fail")])
def test_a_notebooks_scripts_are_searched_for_secrets(sagemaker: Any, script: str, verdict: str) -> None:
    sagemaker.create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName="start", OnStart=[{"Content": b64encode(script.encode()).decode()}]
    )
    assert notebook(sagemaker, LifecycleConfigName="start")["notebook_no_secrets"] == verdict


def test_scripts_that_are_not_there_any_more_do_not_make_the_notebook_gone(sagemaker: Any) -> None:
    sagemaker.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName="start")
    notebook(sagemaker, LifecycleConfigName="start")
    sagemaker.delete_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName="start")
    assert verdicts("sagemaker_notebook_instance")["notebook_no_secrets"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        ("sagemaker_notebook_instance", "lab"),
        ("sagemaker_endpoint_config", "config"),
        ("sagemaker_model", "model"),
        ("sagemaker_data_quality_definition", "watch"),
        ("sagemaker_model_quality_definition", "watch"),
        ("sagemaker_model_bias_definition", "watch"),
        ("sagemaker_model_explainability_definition", "watch"),
        ("sagemaker_domain", "d-1"),
        ("sagemaker_model_package", "group/1"),
        ("sagemaker_model_package_group", "group"),
        ("sagemaker_notebook_lifecycle_config", "start"),
    ],
)
def test_what_is_deleted_is_gone(sagemaker: Any, kind: str, absent: str) -> None:
    with pytest.raises(GoneError):
        verdicts(kind, absent)


def variant(name: str, **said: Any) -> dict[str, Any]:
    return {"VariantName": name, "ModelName": "model", **said}


def on_instances(name: str, count: int) -> dict[str, Any]:
    return variant(name, InitialInstanceCount=count, InstanceType="ml.m5.large", InitialVariantWeight=0.5)


SERVERLESS = variant("b", ServerlessConfig={"MemorySizeInMB": 2048, "MaxConcurrency": 1})


@pytest.mark.parametrize(
    ("variants", "verdict"),
    [
        ([on_instances("a", 2), on_instances("b", 2)], "pass"),
        ([on_instances("a", 1), on_instances("b", 2)], "fail"),
        ([on_instances("a", 2), SERVERLESS], "pass"),
        ([SERVERLESS], "not_applicable"),
    ],
)
def test_variants_on_one_instance_fail_and_serverless_ones_do_not_count(
    sagemaker: Any, variants: list[dict[str, Any]], verdict: str
) -> None:
    sagemaker.create_model(ModelName="model")
    sagemaker.create_endpoint_config(EndpointConfigName="config", ProductionVariants=variants)
    assert verdicts("sagemaker_endpoint_config")["endpoint_variants_redundant"] == verdict


def test_an_endpoint_configurations_key_may_be_asked_for_by_amazons_parameter(sagemaker: Any) -> None:
    sagemaker.create_model(ModelName="model")
    sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=[on_instances("a", 2)], KmsKeyId=KEY
    )
    rule = "sagemaker-endpoint-configuration-kms-key-configured"
    other = KEY.replace("1234abcd", "ffffffff")
    assert verdicts("sagemaker_endpoint_config")["endpoint_volume_encrypted"] == "pass"
    for listed, verdict in ((KEY, "pass"), (f"{other},{KEY}", "pass"), (other, "fail")):
        found = verdicts("sagemaker_endpoint_config", given={rule: {"kmsKeyArns": listed}})
        assert found["endpoint_kms_key"] == verdict


def test_a_bare_model_is_open_and_one_in_order_passes(sagemaker: Any) -> None:
    private = {"Image": "registry/model", "ImageConfig": {"RepositoryAccessMode": "Vpc"}}
    sagemaker.create_model(ModelName="bare", PrimaryContainer={"Image": "model"})
    sagemaker.create_model(
        ModelName="safe",
        PrimaryContainer=private,
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    )
    sagemaker.create_model(ModelName="pipeline", Containers=[private, {"Image": "model"}])
    ours = ("model_in_vpc", "model_private_registry", "model_pipeline_private_registry")
    found = {
        name: [verdicts("sagemaker_model", name)[control] for control in ours] for name in names("sagemaker_model")
    }
    assert found == {
        "bare": ["fail", "fail", "not_applicable"],
        "safe": ["pass", "pass", "not_applicable"],
        "pipeline": ["fail", "not_applicable", "fail"],
    }


DEFINITIONS = {"data_quality": "DataQuality", "model_quality": "ModelQuality", "model_bias": "ModelBias",
               "model_explainability": "ModelExplainability"}  # fmt: skip

OUTPUTS = [{"S3Output": {"S3Uri": "s3://ml/out", "LocalPath": "/out"}}]


def define(client: Any, kind: str, instances: int, network: dict[str, bool]) -> Verdicts:
    api = DEFINITIONS[kind]
    settings: dict[str, dict[str, Any]] = {
        f"{api}AppSpecification": {"ImageUri": "image"},
        f"{api}JobInput": {"EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/in"}},
        f"{api}JobOutputConfig": {"MonitoringOutputs": OUTPUTS},
    }
    if kind in ("model_bias", "model_explainability"):
        settings[f"{api}AppSpecification"]["ConfigUri"] = "s3://ml/config"
    if kind in ("model_bias", "model_quality"):
        settings[f"{api}JobInput"]["GroundTruthS3Input"] = {"S3Uri": "s3://ml/truth"}
    cluster = {"InstanceCount": instances, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
    getattr(client, f"create_{kind}_job_definition")(
        JobDefinitionName="watch",
        JobResources={"ClusterConfig": cluster},
        RoleArn=ROLE,
        **settings,
        **({"NetworkConfig": network} if network else {}),
    )
    found = verdicts(f"sagemaker_{kind}_definition")
    return {control.removeprefix(f"{kind}_"): verdict for control, verdict in found.items()}


@pytest.mark.parametrize("kind", DEFINITIONS)
@pytest.mark.parametrize(
    ("network", "verdict"),
    [
        ({}, "fail"),
        ({"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False}, "fail"),
        ({"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": True}, "pass"),
    ],
)
def test_monitoring_jobs_are_isolated_and_encrypted_only_if_they_say_so(
    sagemaker: Any, kind: str, network: dict[str, bool], verdict: str
) -> None:
    assert define(sagemaker, kind, 2, network) == {"isolated": verdict, "traffic_encrypted": verdict}


@pytest.mark.parametrize(("kind", "verdict"), [("model_bias", "pass"), ("data_quality", "fail")])
def test_one_instance_excuses_a_bias_job_alone(sagemaker: Any, kind: str, verdict: str) -> None:
    assert define(sagemaker, kind, 1, {})["traffic_encrypted"] == verdict


@pytest.mark.parametrize(
    ("said", "verdict"), [({"S3Uri": "s3://ml"}, "fail"), ({"S3Uri": "s3://ml", "KmsKeyId": KEY}, "pass")]
)
def test_a_feature_groups_offline_store_needs_a_key(sagemaker: Any, said: dict[str, str], verdict: str) -> None:
    sagemaker.create_feature_group(
        FeatureGroupName="Features", RecordIdentifierFeatureName="id", EventTimeFeatureName="at", RoleArn=ROLE,
        FeatureDefinitions=[{"FeatureName": "id", "FeatureType": "String"}],
        OfflineStoreConfig={"S3StorageConfig": said},
    )  # fmt: skip
    kind = every_kind()["sagemaker_feature_group"]
    resource = account().resource(kind, "Features")
    control = next(one for one in Everything().controls(resource) if one.id == "feature_group_offline_encrypted")
    readings = account().readings(resource, kind, now=NOON)

    class Alone(Everything):
        def controls(self, resource: Any) -> Any:
            return (control,)

    assert [finding.verdict for finding in judge(resource, readings, Alone(), now=NOON)] == [verdict]


def domain(client: Any, **said: Any) -> Verdicts:
    client.create_domain(
        DomainName="studio", DefaultUserSettings={"ExecutionRole": ROLE}, SubnetIds=["subnet-1"], VpcId="vpc-1", **said
    )
    return verdicts("sagemaker_domain")


def test_a_domain_with_amazons_defaults_is_open(sagemaker: Any) -> None:
    assert set(domain(sagemaker, AuthMode="IAM", Tags=[]).values()) == {"fail"}


def test_where_the_stand_in_for_aws_stumbles_the_verdict_is_unknown(sagemaker: Any) -> None:
    found = domain(sagemaker, AuthMode="SSO")
    assert (found["domain_sso"], found["domain_tagged"]) == ("pass", "unknown")


def test_a_domain_in_order_passes(sagemaker: Any) -> None:
    tags = [{"Key": "owner", "Value": "ml"}]
    found = domain(sagemaker, AuthMode="SSO", AppNetworkAccessType="VpcOnly", KmsKeyId=KEY, Tags=tags)
    assert set(found.values()) == {"pass"}
    rule = "Config sagemaker-domain-tagged"
    for keys, verdict in (("owner", "pass"), ("owner,Team", "fail"), ("Owner", "fail")):
        assert verdicts("sagemaker_domain", given={rule: {"requiredKeyTags": keys}})["domain_tagged"] == verdict


def test_a_model_approved_as_it_was_registered_was_approved_by_nobody(sagemaker: Any) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName="Bikes")
    arns = [
        sagemaker.create_model_package(ModelPackageGroupName="Bikes", ModelApprovalStatus=status)["ModelPackageArn"]
        for status in ("Approved", "PendingManualApproval", "PendingManualApproval")
    ]
    sagemaker.update_model_package(
        ModelPackageArn=arns[1], ModelApprovalStatus="Approved", ApprovalDescription="looked at by the review board"
    )
    found = [verdicts("sagemaker_model_package", arn.partition("/")[2])["model_package_approved"] for arn in arns]
    assert found == ["fail", "pass", "pass"]
    assert sorted(names("sagemaker_model_package")) == ["bikes/1", "bikes/2", "bikes/3"]


def test_the_region_as_a_whole_is_judged_by_its_account(sagemaker: Any) -> None:
    empty = verdicts("aws_account")
    assert {empty["clarify_in_use"], empty["model_registry_in_use"]} == {"fail"}
    sagemaker.create_model_package_group(ModelPackageGroupName="bikes")
    assert verdicts("aws_account")["model_registry_in_use"] == "fail"
    sagemaker.create_model_package(ModelPackageGroupName="bikes", ModelApprovalStatus="Approved")
    sagemaker.create_processing_job(
        ProcessingJobName="bias", RoleArn=ROLE, AppSpecification={"ImageUri": "1.ecr/sagemaker-clarify-processing:1.0"},
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
        },
    )  # fmt: skip
    found = verdicts("aws_account")
    assert {found["clarify_in_use"], found["model_registry_in_use"]} == {"pass"}


def test_what_cannot_be_asked_is_unknown_and_breaks_nothing_else(sagemaker: Any) -> None:
    assert verdicts("aws_account")["model_monitor_in_use"] == "unknown"
    sagemaker.create_model_package_group(ModelPackageGroupName="bikes", Tags=[{"Key": "owner", "Value": "ml"}])
    assert verdicts("sagemaker_model_package_group") == {
        "model_package_group_private": "unknown",
        "model_package_group_tagged": "pass",
    }
    with pytest.raises(GovernanceError, match="listing every image"):
        names("sagemaker_image")


def answering(*answers: tuple[str, dict[str, Any]]) -> Any:
    client = boto3.client("sagemaker", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    stubber = Stubber(client)
    for operation, answer in answers:
        stubber.add_response(operation, answer)
    stubber.activate()
    return client


def test_an_image_is_described_and_its_tags_are_read_page_by_page() -> None:
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:image/studio"
    image = {"ImageArn": arn, "ImageName": "Studio", "ImageStatus": "CREATED",
             "CreationTime": NOON, "LastModifiedTime": NOON}  # fmt: skip
    aws_tags = [{"Key": "aws:cloudformation:stack-name", "Value": "studio"}]
    client = answering(
        ("list_images", {"Images": [image]}),
        ("describe_image", {"ImageName": "Studio", "ImageArn": arn, "Description": "ours"}),
        ("list_tags", {"Tags": aws_tags, "NextToken": "more"}),
        ("list_tags", {"Tags": [{"Key": "owner", "Value": "ml"}]}),
    )
    assert verdicts("sagemaker_image", client=client) == {"image_described": "pass", "image_tagged": "pass"}


def test_a_schedule_that_names_a_job_definition_is_judged_by_it() -> None:
    schedule = {
        "MonitoringScheduleArn": "arn:schedule", "MonitoringScheduleName": "hourly",
        "MonitoringScheduleStatus": "Scheduled", "CreationTime": NOON, "LastModifiedTime": NOON,
        "MonitoringScheduleConfig": {"MonitoringJobDefinitionName": "watch", "MonitoringType": "ModelQuality"},
    }  # fmt: skip
    definition = {
        "JobDefinitionArn": "arn:definition", "JobDefinitionName": "watch", "CreationTime": NOON, "RoleArn": ROLE,
        "ModelQualityAppSpecification": {"ImageUri": "image"}, "ModelQualityJobInput": {"GroundTruthS3Input": {}},
        "ModelQualityJobOutputConfig": {"MonitoringOutputs": OUTPUTS},
        "NetworkConfig": {"EnableNetworkIsolation": True},
        "JobResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}},
    }  # fmt: skip
    client = answering(
        ("describe_monitoring_schedule", schedule), ("describe_model_quality_job_definition", definition)
    )
    assert verdicts("sagemaker_monitoring_schedule", "hourly", client) == {
        "monitoring_active": "pass",
        "monitoring_isolated": "pass",
        "monitoring_traffic_encrypted": "fail",
    }
