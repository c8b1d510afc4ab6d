from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from holdfast.compliance.adapter import Account
from holdfast.compliance.catalogue import every_kind
from holdfast.compliance.contract import Finding
from holdfast.compliance.logic import judge
from holdfast.compliance.rulebook import Everything

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Server"
TODAY = datetime.now(UTC)
LATER = TODAY + timedelta(days=20)


@pytest.fixture
def endpoint(aws: None) -> Any:
    """Run an endpoint of two instances, and give SageMaker's client."""
    sagemaker = boto3.client("sagemaker", REGION)
    sagemaker.create_model(ModelName="churn", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "churn:7"})
    variant = {"VariantName": "main", "ModelName": "churn", "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 2}
    sagemaker.create_endpoint_config(EndpointConfigName="churn-7", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="churn-7")
    return sagemaker


def measure(namespace: str, metric: str, value: float, at: datetime, **dimensions: str) -> None:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    datum = {"MetricName": metric, "Dimensions": named, "Timestamp": at, "Value": value}
    boto3.client("cloudwatch", REGION).put_metric_data(Namespace=namespace, MetricData=[datum])


def invoke(metric: str, at: datetime) -> None:
    measure("AWS/SageMaker", metric, 3, at, EndpointName="churn", VariantName="main")


def finding(kind: str, name: str, control: str, *, now: datetime, **parameters: Any) -> Finding:
    of = every_kind()[kind]
    account = Account(ACCOUNT, REGION, clients=lambda service: boto3.client(service, REGION))
    resource = account.resource(of, name)
    rules = Everything({control: parameters})
    found = judge(resource, account.readings(resource, of, now=now), rules, now=now)
    return next(each for each in found if each.control == control)


def idle(now: datetime = LATER) -> Finding:
    return finding("sagemaker_endpoint", "churn", "endpoint_idle", now=now)


def test_an_endpoint_that_nobody_called_says_what_it_costs(endpoint: Any) -> None:
    found = idle()
    assert (found.verdict, found.monthly_cost_usd) == ("fail", 340)
    assert found.reason == "no invocation in 7 days: about 340 USD a month (price table of 2026-11)"


@pytest.mark.parametrize("metric", ["Invocations", "InvocationsProcessed"])
def test_a_call_is_a_use_at_an_asynchronous_endpoint_too(endpoint: Any, metric: str) -> None:
    invoke(metric, LATER - timedelta(days=2))
    assert idle().verdict == "pass"


def test_calls_before_the_window_do_not_count(endpoint: Any) -> None:
    invoke("Invocations", LATER - timedelta(days=12))
    assert idle().verdict == "fail"


def test_calls_of_another_endpoint_do_not_count(endpoint: Any) -> None:
    measure("AWS/SageMaker", "Invocations", 3, LATER - timedelta(days=2), EndpointName="other", VariantName="main")
    assert idle().verdict == "fail"


def test_a_new_endpoint_may_wait_for_its_first_call(endpoint: Any) -> None:
    assert idle(now=TODAY + timedelta(days=1)).verdict == "not_applicable"


def test_an_endpoint_outlives_its_configuration(endpoint: Any) -> None:
    endpoint.delete_endpoint_config(EndpointConfigName="churn-7")
    found = idle()
    assert (found.verdict, found.monthly_cost_usd) == ("fail", None)


def test_an_endpoint_without_an_owner_says_what_it_costs(endpoint: Any) -> None:
    found = finding("sagemaker_endpoint", "churn", "endpoint_owner", now=LATER)
    assert (found.verdict, found.monthly_cost_usd) == ("fail", 340)
    tags = [{"Key": "Owner", "Value": "team-a"}]
    endpoint.add_tags(ResourceArn=endpoint.describe_endpoint(EndpointName="churn")["EndpointArn"], Tags=tags)
    assert finding("sagemaker_endpoint", "churn", "endpoint_owner", now=LATER).verdict == "pass"


def test_a_notebook_left_running_says_what_it_costs(aws: None) -> None:
    sagemaker = boto3.client("sagemaker", REGION)
    sagemaker.create_notebook_instance(NotebookInstanceName="lab", InstanceType="ml.t3.medium", RoleArn=ROLE)
    kind, control = "sagemaker_notebook_instance", "notebook_left_running"
    assert finding(kind, "lab", control, now=TODAY + timedelta(hours=1)).verdict == "pass"
    assert finding(kind, "lab", control, now=LATER).monthly_cost_usd == 36
    sagemaker.stop_notebook_instance(NotebookInstanceName="lab")
    assert finding(kind, "lab", control, now=LATER).verdict == "pass"


def test_a_bucket_that_grows_without_a_rule_says_what_it_costs(aws: None) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="training-data")
    for days, gigabytes in ((20, 100), (10, 600), (1, 1000)):
        at = LATER - timedelta(days=days)
        standard = {"BucketName": "training-data", "StorageType": "StandardStorage"}
        measure("AWS/S3", "BucketSizeBytes", gigabytes * 2**30, at, **standard)
    found = finding("s3_bucket", "training-data", "growth_bounded", now=LATER, windowDays=15)
    assert (found.verdict, found.monthly_cost_usd) == ("fail", 20)
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}}
    s3.put_bucket_lifecycle_configuration(Bucket="training-data", LifecycleConfiguration={"Rules": [rule]})
    assert finding("s3_bucket", "training-data", "growth_bounded", now=LATER).verdict == "pass"
