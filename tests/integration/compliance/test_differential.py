"""One verdict, whether a configuration is live or declared in a template."""

import json
from collections.abc import Collection
from random import Random
from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.chosen import Chosen
from holdfast.compliance.logic import judge
from holdfast.compliance.rulebook import Everything
from holdfast.compliance.template import judging
from holdfast.compliance.template.declared import Template
from holdfast.compliance.template.document import read
from holdfast.shared.clients import client
from tests.conftest import NOON
from tests.integration.compliance import configurations
from tests.integration.compliance.configurations import ACCOUNT, REGION, make, make_target, statements, written

FORGOTTEN = {
    "model_isolated": "moto takes EnableNetworkIsolation and forgets it",
    "notebook_platform_supported": "moto takes PlatformIdentifier and forgets it",
    "notebook_left_running": "what is only declared does not run yet",
}
GIVEN = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
RULES = Everything(
    {
        "residency": {"allowedRegions": REGION},
        "required_tags": {"requiredKeyTags": "owner,stage"},
        "required_tag_values": {"tag1Key": "project", "tag1Value": "a,5"},
    }
)
CASES, CHUNKS = 320, 16
ROLE = f"arn:aws:iam::{ACCOUNT}:role/training"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/bikes:1"
Said = dict[str, tuple[str, str]]


def live(kind: str, name: str, controls: Collection[str]) -> Said:
    """Judge a resource by some controls as it stands in moto."""
    account, record = Account(ACCOUNT, REGION), catalogue.every_kind()[kind]
    resource = account.resource(record, name)
    found = judge(resource, account.readings(resource, record, now=NOON), Chosen(RULES, controls), now=NOON)
    return {one.control: (one.verdict, one.reason) for one in found}


def declared(text: str, suffix: str, logical_id: str = "Data") -> Said:
    """Judge a resource as a template declares it."""
    template = Template(read(text.encode(), f"stack{suffix}"), GIVEN)
    found = judging.findings(template, RULES, now=NOON)
    return {
        one.finding.control: (one.finding.verdict, one.finding.reason) for one in found if one.logical_id == logical_id
    }


def differences(here: Said, there: Said) -> dict[str, Any]:
    """Give the controls that both judged and on which they do not agree."""
    return {name: (here[name], said) for name, said in there.items() if here[name][0] != said[0]}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_bucket_is_judged_alike_live_and_in_a_template(aws: None, chunk: int) -> None:
    make_target("logs-and-copies")
    for number in range(CASES // CHUNKS):
        rng = Random(f"bucket {chunk} {number}")
        name, said, policy = f"case-{chunk}-{number}", configurations.bucket(rng), statements(rng)
        make(name, said, policy, target="logs-and-copies")
        text, suffix = written(rng, name, said, policy)
        there = declared(text, suffix)
        here = live("s3_bucket", name, there)
        assert differences(here, there) == {}, f"case {chunk} {number}: {json.dumps(said)} {json.dumps(policy)}\n{text}"


def test_most_controls_of_buckets_are_judged_by_both_doors() -> None:
    text, suffix = written(Random(1), "data", {}, None)
    every = {control.id for control in catalogue.controls_of("s3_bucket")}
    assert len(declared(text, suffix)) >= 0.7 * len(every)


def notebook(rng: Random) -> configurations.Config:
    """Draw a notebook instance, in the properties that its API and its template share."""
    said: dict[str, Any] = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE}
    if rng.random() < 0.5:
        said |= {"SubnetId": "subnet-1a2b3c4d", "DirectInternetAccess": rng.choice(["Enabled", "Disabled"])}
        said["SecurityGroupIds"] = ["sg-1a2b3c4d"]
    if rng.random() < 0.7:
        said["RootAccess"] = rng.choice(["Enabled", "Disabled"])
    if rng.random() < 0.5:
        said["KmsKeyId"] = configurations.KEY
    if rng.random() < 0.7:
        said["PlatformIdentifier"] = rng.choice(["notebook-al1-v1", "notebook-al2-v2", "notebook-al2023-v1"])
    return said


def model(rng: Random) -> configurations.Config:
    """Draw a model of one container, or of several in a row."""

    def container() -> dict[str, Any]:
        mode = rng.choice([None, "Platform", "Vpc"])
        return {"Image": IMAGE} | ({} if mode is None else {"ImageConfig": {"RepositoryAccessMode": mode}})

    said: dict[str, Any] = {"ExecutionRoleArn": ROLE}
    if rng.random() < 0.5:
        said["PrimaryContainer"] = container()
    else:
        said["Containers"] = [container() for _ in range(rng.randint(2, 3))]
    if rng.random() < 0.5:
        said["EnableNetworkIsolation"] = rng.random() < 0.5
    if rng.random() < 0.5:
        said["VpcConfig"] = {"Subnets": ["subnet-1a2b3c4d"], "SecurityGroupIds": ["sg-1a2b3c4d"]}
    return said


def endpoint_config(rng: Random) -> configurations.Config:
    """Draw an endpoint configuration of some variants."""

    def variant(number: int) -> dict[str, Any]:
        named = {"VariantName": f"v{number}", "ModelName": "bikes"}
        if rng.random() < 0.2:
            return named | {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
        count = rng.randint(1, 3)
        return named | {"InitialInstanceCount": count, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1}

    said: dict[str, Any] = {"ProductionVariants": [variant(number) for number in range(rng.randint(1, 3))]}
    if rng.random() < 0.5:
        said["KmsKeyId"] = configurations.KEY
    if rng.random() < 0.4:
        said["DataCaptureConfig"] = {
            "EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": "s3://captured/a",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        } | ({"KmsKeyId": configurations.KEY} if rng.random() < 0.5 else {})  # fmt: skip
    return said


KINDS = {
    "sagemaker_notebook_instance": (notebook, "AWS::SageMaker::NotebookInstance", "NotebookInstanceName"),
    "sagemaker_model": (model, "AWS::SageMaker::Model", "ModelName"),
    "sagemaker_endpoint_config": (endpoint_config, "AWS::SageMaker::EndpointConfig", "EndpointConfigName"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_sagemaker_resource_is_judged_alike_live_and_in_a_template(aws: None, kind: str) -> None:
    draw, type_name, named = KINDS[kind]
    for number in range(40):
        rng, name = Random(f"{kind} {number}"), f"case-{number}"
        said, tags = draw(rng), [{"Key": "owner", "Value": "mobility"}] if rng.random() < 0.5 else []
        create(kind, {named: name, **said, **({"Tags": tags} if tags else {})})
        dresser = configurations.Dresser(rng)
        dressed = {key: dresser.dressed(value) for key, value in {named: name, **said, "Tags": tags}.items()}
        template = dresser.whole({"Data": {"Type": type_name, "Properties": dressed}})
        there = {one: told for one, told in declared(json.dumps(template), ".json").items() if one not in FORGOTTEN}
        here = live(kind, name, there)
        assert len(there) >= 2
        assert differences(here, there) == {}, f"{kind} {number}: {json.dumps(said)}\n{json.dumps(template)}"


def create(kind: str, said: configurations.Config) -> None:
    """Make a resource in moto, and the model that an endpoint configuration runs."""
    sagemaker = client("sagemaker", REGION)
    if kind == "sagemaker_notebook_instance":
        sagemaker.create_notebook_instance(**said)
    elif kind == "sagemaker_model":
        sagemaker.create_model(**said)
    else:
        if not sagemaker.list_models()["Models"]:
            sagemaker.create_model(ModelName="bikes", ExecutionRoleArn=ROLE)
        sagemaker.create_endpoint_config(**said)
