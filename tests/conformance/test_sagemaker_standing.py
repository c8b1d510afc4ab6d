"""What stays of SageMaker: notebooks, models, endpoint configurations, domains, features, images, monitoring."""

import base64
from typing import Any

import pytest

from tests.conformance.buckets import refused
from tests.conformance.case import KEY, UNREACHABLE, Case, Stage, State, Suite, agrees
from tests.conformance.played import (
    CLUSTER,
    INSTANCES,
    VPC,
    definition,
    domain,
    endpoint_config,
    experiment,
    feature_group,
    model,
    notebook,
    played,
    schedule,
    tagged,
)  # fmt: skip

pytestmark = pytest.mark.xdist_group("conformance_sagemaker_standing")

HUB, CONFIG, PROWLER = "Security Hub sagemaker-controls", "AWS Config, SageMaker AI", "Prowler tests"
Row = tuple[Any, ...]
UNTOLD = "AWS always names the platform; an answer without it may be taken for an old one"


def asked(references: str | tuple[str, ...], *rows: Row, source: str = HUB) -> list[Case]:
    """Ask under each reference; each row says a configuration, a verdict, a state, and what else is to say."""
    names = (references,) if isinstance(references, str) else references
    return [
        Case(said, reference, verdict, source, state, **dict(*more))
        for reference in names for said, verdict, state, *more in rows
    ]  # fmt: skip


def scripted(script: str | None, code: str | None = None) -> State:
    """Make a notebook instance with a script that runs when it starts."""

    def state(stage: Stage, name: str) -> None:
        if script is not None:
            content = base64.b64encode(script.encode()).decode()
            stage.client("sagemaker").create_notebook_instance_lifecycle_config(
                NotebookInstanceLifecycleConfigName=f"{name}-start", OnStart=[{"Content": content}]
            )  # fmt: skip
        notebook(**({} if script is None else {"LifecycleConfigName": f"{name}-start"}))(stage, name)
        if code is not None:
            stage.play("DescribeNotebookInstanceLifecycleConfig", f"{name}-start", code)

    return state


def described(state: State, operation: str, **answer: Any) -> State:
    """Set a resource up and let its description say this instead."""

    def describing(stage: Stage, name: str) -> str | None:
        found = state(stage, name)
        stage.play(operation, name, {"NotebookInstanceName": name, **answer})
        return found

    return describing


NOTE = "DescribeNotebookInstance"
NOTEBOOKS = [
    *asked(("SageMaker.1", "Prowler sagemaker_notebook_instance_without_direct_internet_access_configured",
            "Config sagemaker-notebook-no-direct-internet-access"),
        ("as AWS sets it", "fail", notebook()),
        ("on", "fail", notebook(DirectInternetAccess="Enabled", SubnetId="subnet-1")),
        ("off", "pass", notebook(DirectInternetAccess="Disabled", SubnetId="subnet-1")),
    ),
    *asked("SageMaker.1",
        ("on, and no root", "fail", described(notebook(), NOTE, DirectInternetAccess="Enabled", RootAccess="Disabled")),
        ("off, and root", "pass", described(notebook(), NOTE, DirectInternetAccess="Disabled", RootAccess="Enabled")),
        ("cannot be described", "unknown", refused(NOTE, "AccessDeniedException", notebook())),
        ("throttled", "unknown", refused(NOTE, "ThrottlingException", notebook())),
        ("unreachable", "unknown", refused(NOTE, UNREACHABLE, notebook())),
    ),
    *asked(("SageMaker.2", "Prowler sagemaker_notebook_instance_vpc_settings_configured"),
        ("no subnet", "fail", notebook()),
        ("a subnet", "pass", notebook(SubnetId="subnet-1")),
    ),
    *asked("Config sagemaker-notebook-instance-inside-vpc",
        ("a subnet that was asked for", "pass", notebook(SubnetId="subnet-1"),
         {"given": {"SageMaker.2": {"SubnetIds": "subnet-1,subnet-2"}}}),
        ("another subnet", "fail", notebook(SubnetId="subnet-9"),
         {"given": {"SageMaker.2": {"SubnetIds": "subnet-1,subnet-2"}}}),
        source=CONFIG,
    ),
    *asked(("SageMaker.3", "Prowler sagemaker_notebook_instance_root_access_disabled"),
        ("as AWS sets it", "fail", notebook()),
        ("on", "fail", notebook(RootAccess="Enabled")),
        ("off", "pass", notebook(RootAccess="Disabled")),
    ),
    *asked(("SageMaker.8", "Config sagemaker-notebook-instance-platform-version"),
        ("notebook-al2-v1", "fail", notebook(PlatformIdentifier="notebook-al2-v1")),
        ("notebook-al2-v3", "fail", notebook(PlatformIdentifier="notebook-al2-v3")),
        ("notebook-al2023-v1", "pass", notebook(PlatformIdentifier="notebook-al2023-v1")),
        ("not told", "unknown", notebook(), {"contested": UNTOLD}),
    ),
    *asked("SageMaker.8",
        ("a platform that was asked for", "pass", notebook(PlatformIdentifier="notebook-al2-v3"),
         {"given": {"SageMaker.8": {"supportedPlatformIdentifierVersions": "notebook-al2-v3,notebook-al2023-v1"}}}),
        source=CONFIG,
    ),
    *asked(("SageMaker.21", "Prowler sagemaker_notebook_instance_encryption_enabled",
            "Config sagemaker-notebook-instance-kms-key-configured"),
        ("no key", "fail", notebook()),
        ("a key", "pass", notebook(KmsKeyId=KEY)),
    ),
    *asked("Config sagemaker-notebook-instance-kms-key-configured",
        ("a key that was asked for", "pass", notebook(KmsKeyId=KEY),
         {"given": {"Config sagemaker-notebook-instance-kms-key-configured": {"kmsKeyArns": KEY}}}),
        ("another key", "fail", notebook(KmsKeyId=KEY.replace("1234abcd", "ffffffff")),
         {"given": {"sagemaker-notebook-instance-kms-key-configured": {"kmsKeyArns": [KEY]}}}),
        source=CONFIG,
    ),
    *asked("Prowler sagemaker_notebook_instance_no_secrets",
        ("no script", "pass", scripted(None)),
        ("a script without secrets", "pass", scripted("#!/bin/bash\necho hello\n")),
        ("a script that names a secret", "pass",
         scripted("aws secretsmanager get-secret-value --secret-id arn:aws:secretsmanager:eu-west-1:1:secret:db")),
        ("a script with a short key", "fail", scripted("echo API_KEY=12345")),
        ("a script with a password", "fail", scripted("export DB_PASSWORD=S3cr3t-p4ssw0rd!\n")),
        ("a script with an access key", "fail",
         scripted("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzrD3ADBEEF\n")),
        ("a script that cannot be read", "unknown", scripted("echo hello\n", "AccessDeniedException")),
        source=PROWLER,
    ),
]  # fmt: skip

PRIVATE = {"Image": "i", "ImageConfig": {"RepositoryAccessMode": "Vpc"}}
PLATFORM = {"Image": "i", "ImageConfig": {"RepositoryAccessMode": "Platform"}}
MODELS = [
    *asked(("SageMaker.5", "Prowler sagemaker_models_network_isolation_enabled",
            "Config sagemaker-model-isolation-enabled"),
        ("not said", "fail", model()),
        ("off", "fail", model(EnableNetworkIsolation=False)),
        ("on", "pass", model(EnableNetworkIsolation=True)),
    ),
    *asked(("Config sagemaker-model-in-vpc", "Prowler sagemaker_models_vpc_settings_configured"),
        ("no VPC", "fail", model()),
        ("a VPC", "pass", model(VpcConfig=VPC)),
    ),
    *asked("SageMaker.16",
        ("no image configuration", "fail", model()),
        ("by the platform", "fail", model(PrimaryContainer=PLATFORM)),
        ("through the VPC", "pass", model(PrimaryContainer=PRIVATE, VpcConfig=VPC)),
    ),
    *asked("SageMaker.19",
        ("all through the VPC", "pass", model(PrimaryContainer=None, Containers=[PRIVATE, PRIVATE], VpcConfig=VPC)),
        ("one by the platform", "fail", model(PrimaryContainer=None, Containers=[PRIVATE, PLATFORM], VpcConfig=VPC)),
        ("one without an image configuration", "fail",
         model(PrimaryContainer=None, Containers=[PRIVATE, {"Image": "i"}])),
    ),
    *asked("SageMaker.5",
        ("cannot be described", "unknown", refused("DescribeModel", "AccessDeniedException", model())),
    ),
]  # fmt: skip

SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
ENDPOINTS = [
    *asked(("SageMaker.4", "Prowler sagemaker_endpoint_config_prod_variant_instances"),
        ("one instance", "fail", endpoint_config(INSTANCES(1))),
        ("one of two variants with one instance", "fail", endpoint_config(INSTANCES(1), INSTANCES(2))),
        ("two instances each", "pass", endpoint_config(INSTANCES(2), INSTANCES(2))),
    ),
    *asked("SageMaker.4",
        ("serverless", "not_applicable", endpoint_config(SERVERLESS)),
        ("cannot be described", "unknown", refused("DescribeEndpointConfig", "AccessDeniedException",
                                                   endpoint_config(INSTANCES(2)))),
    ),
    *asked(("Prowler sagemaker_endpoint_config_kms_encryption_enabled",
            "Config sagemaker-endpoint-configuration-kms-key-configured"),
        ("no key", "fail", endpoint_config(INSTANCES(1))),
        ("a key", "pass", endpoint_config(INSTANCES(1), KmsKeyId=KEY)),
    ),
    *asked("Config sagemaker-endpoint-configuration-kms-key-configured",
        ("a key that was asked for", "pass", endpoint_config(INSTANCES(1), KmsKeyId=KEY),
         {"given": {"Config sagemaker-endpoint-configuration-kms-key-configured": {"kmsKeyArns": KEY}}}),
        ("another key", "fail", endpoint_config(INSTANCES(1), KmsKeyId=KEY.replace("1234abcd", "ffffffff")),
         {"given": {"Config sagemaker-endpoint-configuration-kms-key-configured": {"kmsKeyArns": KEY}}}),
        source=CONFIG,
    ),
]  # fmt: skip

DOMAINS = [
    *asked(("Config sagemaker-domain-in-vpc", "Prowler sagemaker_domain_vpc_only_enabled"),
        ("by the VPC only", "pass", domain(network="VpcOnly")),
        ("by the internet", "fail", domain(network="PublicInternetOnly")),
        ("not said", "fail", domain()),
    ),
    *asked("Prowler sagemaker_domain_sso_configured",
        ("single sign-on", "pass", domain("SSO")),
        ("IAM", "fail", domain("IAM")),
        source=PROWLER,
    ),
    *asked("Prowler sagemaker_domain_encrypted_with_cmk",
        ("a key", "pass", domain(KmsKeyId=KEY)),
        ("no key", "fail", domain()),
        source=PROWLER,
    ),
    *asked("Config sagemaker-domain-tagged",
        ("no tags", "fail", domain()),
        ("a tag", "pass", domain(Tags=[{"Key": "Owner", "Value": "ml"}])),
        source=CONFIG,
    ),
]  # fmt: skip


def images(**settings: Any) -> State:
    """Make an image."""
    return played("Image", "Images", "image", **settings)


def app_images(**settings: Any) -> State:
    """Make an app image configuration."""
    return played("AppImageConfig", "AppImageConfigs", "app-image-config", **settings)


def tags(kind: str, reference: str, made: State) -> list[Case]:
    """Ask for tags on one kind."""
    wanted = {"given": {reference: {"requiredKeyTags": "Owner,Stage"}}}
    return asked(reference,
        ("no tags", "fail", tagged(kind, made, {})),
        ("a tag", "pass", tagged(kind, made, {"Owner": "ml"})),
        ("only AWS's own tags", "fail", tagged(kind, made, {"aws:cloudformation:stack-name": "s"})),
        ("the keys asked for", "pass", tagged(kind, made, {"Owner": "ml", "Stage": "prod"}), wanted),
        ("one key of two", "fail", tagged(kind, made, {"Owner": "ml"}), wanted),
    )  # fmt: skip


S3STORE = {"S3Uri": "s3://features/"}
FEATURES = [
    *asked(("SageMaker.17", "Prowler sagemaker_feature_group_offline_store_encrypted_with_cmk"),
        ("a key", "pass", feature_group(OfflineStoreConfig={"S3StorageConfig": {**S3STORE, "KmsKeyId": KEY}})),
        ("no key", "fail", feature_group(OfflineStoreConfig={"S3StorageConfig": S3STORE})),
        ("no offline store", "not_applicable", feature_group(OnlineStoreConfig={"EnableOnlineStore": True})),
    ),
    *asked(("SageMaker.18", "Config sagemaker-featuregroup-online-store-encryption"),
        ("a key", "pass", feature_group(OnlineStoreConfig={
            "EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}})),
        ("no key", "fail", feature_group(OnlineStoreConfig={"EnableOnlineStore": True})),
        ("no online store", "not_applicable", feature_group(OfflineStoreConfig={"S3StorageConfig": S3STORE})),
    ),
    *asked("Config sagemaker-featuregroup-description",
        ("no description", "fail", feature_group()),
        ("a description", "pass", feature_group(Description="orders")),
        source=CONFIG,
    ),
    *tags("feature-group", "Config sagemaker-feature-group-tagged", feature_group()),
    *tags("image", "SageMaker.7", images()),
    *tags("app-image-config", "SageMaker.6", app_images()),
    *asked("Config sagemaker-image-description",
        ("no description", "fail", images()),
        ("a description", "pass", images(Description="for notebooks")),
        source=CONFIG,
    ),
]  # fmt: skip

TRAFFIC, ALONE = "EnableInterContainerTrafficEncryption", "EnableNetworkIsolation"
ON, OFF, SAID = "on", "off", "not said"
JOBS = {
    "DataQuality": ("SageMaker.9", "SageMaker.11"),
    "ModelExplainability": ("SageMaker.10", "SageMaker.20"),
    "ModelQuality": ("SageMaker.13", "SageMaker.25"),
    "ModelBias": ("SageMaker.15", "SageMaker.12"),
}
DEFINITIONS = [
    case
    for api, references in JOBS.items()
    for reference, setting in zip(references, (TRAFFIC, ALONE), strict=True)
    for case in asked(reference,
        (SAID, "fail", definition(api)),
        (OFF, "fail", definition(api, NetworkConfig={setting: False})),
        (ON, "pass", definition(api, NetworkConfig={setting: True})),
        ("only the other setting", "fail", definition(api, NetworkConfig={
            TRAFFIC if setting == ALONE else ALONE: True})),
    )
] + asked("SageMaker.15",
    ("one instance", "pass", definition("ModelBias", JobResources={"ClusterConfig": {**CLUSTER, "InstanceCount": 1}})),
) + [
    case
    for reference, setting in (("SageMaker.14", ALONE), ("SageMaker.22", TRAFFIC))
    for case in asked(reference,
        (SAID, "fail", schedule()),
        (OFF, "fail", schedule({setting: False})),
        (ON, "pass", schedule({setting: True})),
        ("on in the job definition that it names", "pass", schedule({setting: True}, held=False)),
        ("not said in the job definition that it names", "fail", schedule(held=False)),
        ("cannot be described", "unknown",
         refused("DescribeMonitoringSchedule", "AccessDeniedException", schedule({setting: True}))),
    )
] + asked("Prowler sagemaker_models_monitor_enabled",
    *((status, "pass" if status == "Scheduled" else "fail", schedule(status=status))
      for status in ("Scheduled", "Pending", "Stopped", "Failed")),
    *((f"{status}, and not to be described", "pass" if status == "Scheduled" else "fail",
       refused("DescribeMonitoringSchedule", "AccessDeniedException", schedule(status=status)))
      for status in ("Scheduled", "Stopped")),
    source=PROWLER,
) + asked("SageMaker.23",
    ("no key", "fail", experiment()),
    ("a key", "pass", experiment(KmsKey=KEY)),
) + asked("SageMaker.24",
    ("no key", "fail", experiment(DataStorageConfig={"Destination": "s3://out/"})),
    ("a key", "pass", experiment(DataStorageConfig={"Destination": "s3://out/", "KmsKey": KEY})),
    ("nothing captured", "not_applicable", experiment(),
     {"contested": "Security Hub does not say what becomes of an experiment that captures nothing"}),
)  # fmt: skip

CASES = [*NOTEBOOKS, *MODELS, *ENDPOINTS, *DOMAINS, *FEATURES, *DEFINITIONS]
JUDGED = Suite(CASES, "sagemaker_*")


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.id for case in CASES])
def test_a_resource_of_sagemaker_is_judged_as_its_source_says(number: int, case: Case) -> None:
    agrees(case, JUDGED.findings(number))
