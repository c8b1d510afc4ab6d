"""The command as an outside suite runs it: with nothing but `--json`, over an account in moto."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from holdfast.compliance import catalogue
from holdfast.shared import clients
from tests.conformance import (
    test_account,
    test_s3_access,
    test_s3_settings,
    test_sagemaker_jobs,
    test_sagemaker_standing,
)  # fmt: skip
from tests.conformance.case import ACCOUNT, Case, Stage, told

pytestmark = pytest.mark.xdist_group("conformance_whole")

HOME = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
PEERS = ("FSBP", "SageMaker", "Config", "Prowler")
CASES: tuple[Case, ...] = (
    *test_account.CASES, *test_s3_access.CASES, *test_s3_settings.BUCKETS, *test_s3_settings.DOORS,
    *test_sagemaker_jobs.CASES, *test_sagemaker_standing.CASES,
)  # fmt: skip
ANSWERED = [
    control
    for control in catalogue.every_control().values()
    if any(reference.startswith(PEERS) for reference in control.references)
]
NAMED = (
    *(f"FSBP S3.{number}" for number in (*range(1, 16), 17, 19, 20, 22, 23, 24, 25)),
    *(f"SageMaker.{number}" for number in range(1, 26)),
)
"""Every control of Security Hub that there is for S3 and SageMaker, less those that AWS took back."""


@pytest.fixture(scope="module")
def findings() -> Iterator[list[dict[str, Any]]]:
    """Judge an account with one of many things in it."""
    clients.forget()
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", HOME)
        environment.delenv("AWS_REGION", raising=False)
        boto3.client("s3", HOME).create_bucket(Bucket="bucket_test_us")
        boto3.client("s3", "eu-west-1").create_bucket(
            Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )  # fmt: skip
        boto3.client("s3control", HOME).create_access_point(AccountId=ACCOUNT, Name="door", Bucket="bucket_test_us")
        sagemaker = boto3.client("sagemaker", HOME)
        sagemaker.create_notebook_instance(NotebookInstanceName="notes", InstanceType="ml.t3.medium", RoleArn=ROLE)
        sagemaker.create_model(ModelName="model", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
        variant = {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(EndpointConfigName="endpoint", ProductionVariants=[variant])
        yield told([])
    clients.forget()


def of(findings: list[dict[str, Any]], resource: str, reference: str) -> list[str]:
    return [one["verdict"] for one in findings if one["resource"] == resource and reference in one["references"]]


@pytest.mark.parametrize(
    ("resource", "reference", "verdict"),
    [
        ("bucket_test_us", "FSBP S3.5", "fail"),
        ("bucket_test_us", "Prowler s3_bucket_public_access", "pass"),
        ("elsewhere", "FSBP S3.8", "fail"),
        ("door", "FSBP S3.19", "pass"),
        (ACCOUNT, "FSBP S3.1", "fail"),
        (ACCOUNT, "FSBP S3.22", "fail"),
        ("notes", "SageMaker.1", "fail"),
        ("notes", "Prowler sagemaker_notebook_instance_root_access_disabled", "fail"),
        ("model", "Config sagemaker-model-in-vpc", "fail"),
        ("endpoint", "SageMaker.4", "fail"),
    ],
)
def test_a_resource_goes_by_its_plain_name(
    findings: list[dict[str, Any]], resource: str, reference: str, verdict: str
) -> None:
    assert of(findings, resource, reference) == [verdict]


def test_every_finding_says_what_it_is_of_and_by_which_names(findings: list[dict[str, Any]]) -> None:
    for one in findings:
        assert re.fullmatch(r"AWS::[A-Za-z0-9]*::[A-Za-z]+", one["resource_type"]), one
        assert not one["resource"].startswith("arn:")
        assert one["verdict"] in {"pass", "fail", "waived", "not_applicable", "unknown"}
        assert one["reason"]
        assert all(isinstance(reference, str) for reference in one["references"])


def test_a_name_is_answered_at_most_once_for_a_resource(findings: list[dict[str, Any]]) -> None:
    said = [
        (one["kind"], one["resource"], reference)
        for one in findings for reference in one["references"] if reference.startswith(PEERS)
    ]  # fmt: skip
    assert len(said) == len(set(said))


@pytest.mark.parametrize("name", NAMED)
def test_every_control_of_security_hub_is_answered(name: str) -> None:
    assert any(name in control.references for control in ANSWERED)


def test_an_answer_that_lacks_a_field_leaves_all_else_judged() -> None:
    stage = Stage()
    named = {"TransformJobName": "job", "TransformJobArn": f"arn:aws:sagemaker:{HOME}:{ACCOUNT}:transform-job/job"}
    stage.lists("ListTransformJobs", "TransformJobSummaries", named)
    stage.play("DescribeTransformJob", "job", {"TransformResources": {"InstanceType": "ml.m5.large"}})
    stage.lists("ListTrainingJobs", "TrainingJobSummaries", {"TrainingJobArn": "arn"})
    with mock_aws(), stage.standing():
        found = told([f"--region={HOME}", "--kind=sagemaker_t*_job"])
    clients.forget()
    assert of(found, "job", "Prowler sagemaker_transform_job_volume_encrypted_with_cmk") == ["fail"]
    assert "'ModelName'" in next(one["reason"] for one in found if one["control"] == "transform_job_isolated")
    assert [one["verdict"] for one in found if one["resource"] == "*"] == ["unknown"]


def test_what_is_contested_is_told() -> None:
    told_of = DOCUMENT.read_text()
    assert [case.id for case in CASES if case.contested and f"`{case.reference}`" not in told_of] == []


@pytest.mark.parametrize("control", ANSWERED, ids=lambda control: control.id)
def test_every_control_with_a_peer_is_seen_to_pass_and_to_fail(control: Any) -> None:
    met = {case.verdict for case in CASES if case.reference in control.references}
    assert met >= ({"pass"} if control.id == "account_shut_to_public" else {"pass", "fail"})
