"""Each rule of the strict moto, and beside it that stock moto still breaks it: a fix upstream fails the second test."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from moto import mock_aws

from holdfast.shared.clients import code_of
from holdfast_console.replay.strict import RULES, replaced, strict

REGION = "eu-west-1"
HERE = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
STRANGER = "999999999999"
TOKEN = "t" * 40


@pytest.fixture
def aws() -> Iterator[None]:
    """Stand moto behind boto3 as it comes."""
    with mock_aws():
        yield


@pytest.fixture(params=["strict", "stock"])
def moto(request: pytest.FixtureRequest, aws: None) -> Iterator[bool]:
    """Give both motos in turn, and tell which it is."""
    with strict() if request.param == "strict" else replaced(()):
        yield request.param == "strict"


def refused(call: Callable[[], Any]) -> str | None:
    """Give AWS's error code, or None if the call went through."""
    try:
        call()
    except ClientError as error:
        return code_of(error)
    return None


@pytest.fixture
def s3() -> Any:
    return boto3.client("s3", REGION)


@pytest.fixture
def sagemaker() -> Any:
    return boto3.client("sagemaker", REGION)


def test_another_owner_is_refused(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    s3.put_object(Bucket="data-bucket", Key="a", Body=b"a")
    of_stranger = {"Bucket": "data-bucket", "ExpectedBucketOwner": STRANGER}
    calls: tuple[Callable[[], Any], ...] = (
        lambda: s3.get_object(Key="a", **of_stranger),
        lambda: s3.put_object(Key="b", Body=b"b", **of_stranger),
        lambda: s3.list_object_versions(**of_stranger),
        lambda: s3.get_bucket_versioning(**of_stranger),
        lambda: s3.copy_object(
            Bucket="data-bucket",
            Key="c",
            CopySource={"Bucket": "data-bucket", "Key": "a"},
            ExpectedSourceBucketOwner=STRANGER,
        ),
    )
    assert [refused(call) for call in calls] == ["AccessDenied" if moto else None] * len(calls)


def test_the_right_owner_is_served(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    assert s3.put_object(Bucket="data-bucket", Key="a", Body=b"a", ExpectedBucketOwner="123456789012")["ETag"]


def test_a_new_bucket_has_the_defaults_of_aws(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    answers = [
        refused(lambda: s3.get_public_access_block(Bucket="data-bucket")),
        refused(lambda: s3.get_bucket_ownership_controls(Bucket="data-bucket")),
        refused(lambda: s3.get_bucket_encryption(Bucket="data-bucket")),
    ]
    absent = [
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    ]
    assert answers == ([None, None, None] if moto else absent)


def test_encryption_can_be_reset_but_not_switched_off(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    s3.delete_bucket_encryption(Bucket="data-bucket")
    gone = "ServerSideEncryptionConfigurationNotFoundError"
    assert refused(lambda: s3.get_bucket_encryption(Bucket="data-bucket")) == (None if moto else gone)


def test_an_acl_is_refused_where_the_owner_owns_everything(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    s3.put_bucket_ownership_controls(
        Bucket="data-bucket", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    answer = refused(lambda: s3.put_bucket_acl(Bucket="data-bucket", ACL="public-read"))
    assert answer == ("AccessControlListNotSupported" if moto else None)


def test_a_policy_that_demands_tls_does_not_deny_everything(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::data-bucket", "arn:aws:s3:::data-bucket/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="data-bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert refused(lambda: s3.put_object(Bucket="data-bucket", Key="a", Body=b"a")) == (None if moto else "403")


def test_a_logging_target_may_get_its_policy_later(moto: bool, s3: Any) -> None:
    for name in ("data-bucket", "log-bucket"):
        s3.create_bucket(Bucket=name, **HERE)
    enabled = {"LoggingEnabled": {"TargetBucket": "log-bucket", "TargetPrefix": "data/"}}
    answer = refused(lambda: s3.put_bucket_logging(Bucket="data-bucket", BucketLoggingStatus=enabled))
    assert answer == (None if moto else "InvalidTargetBucketForLogging")


def test_a_bucket_says_that_it_tells_eventbridge(moto: bool, s3: Any) -> None:
    s3.create_bucket(Bucket="data-bucket", **HERE)
    bridge = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket="data-bucket", NotificationConfiguration=bridge)
    answer = s3.get_bucket_notification_configuration(Bucket="data-bucket")
    assert ("EventBridgeConfiguration" in answer) == moto


@pytest.fixture
def dynamodb() -> Any:
    return boto3.client("dynamodb", REGION)


def make_table(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="counts", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )  # fmt: skip


def test_a_transaction_sent_twice_with_its_token_is_written_once(moto: bool, dynamodb: Any) -> None:
    make_table(dynamodb)
    dynamodb.put_item(TableName="counts", Item={"pk": {"S": "a"}, "count": {"N": "0"}})
    add = {
        "TableName": "counts", "Key": {"pk": {"S": "a"}}, "UpdateExpression": "ADD #count :one",
        "ExpressionAttributeNames": {"#count": "count"}, "ExpressionAttributeValues": {":one": {"N": "1"}},
    }  # fmt: skip
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": add}], ClientRequestToken=TOKEN[:36])
    item = dynamodb.get_item(TableName="counts", Key={"pk": {"S": "a"}})["Item"]
    assert item["count"]["N"] == ("1" if moto else "2")


def test_a_token_is_good_for_one_transaction_and_ten_minutes(aws: None, dynamodb: Any) -> None:
    def write(value: str) -> None:
        put = {"TableName": "counts", "Item": {"pk": {"S": value}}}
        dynamodb.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken=TOKEN[:36])

    with strict(), time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False) as time:
        make_table(dynamodb)
        write("a")
        assert refused(lambda: write("b")) == "IdempotentParameterMismatchException"
        time.shift(timedelta(minutes=11))
        write("b")


def test_a_failed_condition_writes_nothing_and_names_the_item(moto: bool, dynamodb: Any) -> None:
    make_table(dynamodb)
    dynamodb.put_item(TableName="counts", Item={"pk": {"S": "b"}})
    absent = {"TableName": "counts", "ConditionExpression": "attribute_not_exists(pk)"}
    puts = [{"Put": {**absent, "Item": {"pk": {"S": name}}}} for name in "ab"]
    with pytest.raises(ClientError) as raised:
        dynamodb.transact_write_items(TransactItems=puts)
    assert [reason["Code"] for reason in raised.value.response["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert dynamodb.scan(TableName="counts")["Count"] == 1


def test_two_operations_on_one_item_are_refused(moto: bool, dynamodb: Any) -> None:
    make_table(dynamodb)
    puts = [{"Put": {"TableName": "counts", "Item": {"pk": {"S": "a"}}}}] * 2
    assert refused(lambda: dynamodb.transact_write_items(TransactItems=puts)) == "ValidationException"


def test_a_query_finds_the_same_in_a_partition_as_in_the_table(moto: bool, dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    for partition, number in (("a", 3), ("b", 1), ("a", 1), ("a", 2)):
        dynamodb.put_item(TableName="ledger", Item={"pk": {"S": partition}, "sk": {"S": str(number)}})
    asked = {
        "TableName": "ledger",
        "KeyConditionExpression": "pk = :pk AND sk < :sk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}, ":sk": {"S": "3"}},
    }
    found = [dynamodb.query(**asked, ScanIndexForward=forward)["Items"] for forward in (True, False)]
    assert [[item["sk"]["S"] for item in items] for items in found] == [["1", "2"], ["2", "1"]]
    first = dynamodb.query(**asked, Limit=1)
    rest = dynamodb.query(**asked, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert [item["sk"]["S"] for item in first["Items"] + rest["Items"]] == ["1", "2"]
    assert dynamodb.scan(TableName="ledger")["Count"] == 4


def make_pipeline(sagemaker: Any) -> None:
    definition = {"Version": "2020-12-01", "Parameters": [{"Name": "Reason", "Type": "String"}], "Steps": []}
    sagemaker.create_pipeline(
        PipelineName="training",
        PipelineDefinition=json.dumps(definition),
        ClientRequestToken=TOKEN,
        RoleArn="arn:aws:iam::123456789012:role/r",
    )


def test_a_token_starts_one_execution(moto: bool, sagemaker: Any) -> None:
    make_pipeline(sagemaker)
    arns = {
        sagemaker.start_pipeline_execution(PipelineName="training", ClientRequestToken=TOKEN)["PipelineExecutionArn"]
        for _ in range(2)
    }
    assert len(arns) == (1 if moto else 2)


@pytest.mark.parametrize(
    "arguments",
    [{"PipelineParameters": [{"Name": "Undeclared", "Value": "x"}]}, {"PipelineExecutionDisplayName": "not_a_name"}],
    ids=["a parameter the pipeline does not declare", "a display name with an underscore"],
)
def test_an_execution_that_aws_would_refuse_is_refused(moto: bool, sagemaker: Any, arguments: dict[str, Any]) -> None:
    make_pipeline(sagemaker)
    answer = refused(
        lambda: sagemaker.start_pipeline_execution(PipelineName="training", ClientRequestToken=TOKEN, **arguments)
    )
    assert answer == ("ValidationException" if moto else None)


def test_a_pipeline_that_is_not_there_is_not_found(moto: bool, sagemaker: Any) -> None:
    answer = refused(lambda: sagemaker.start_pipeline_execution(PipelineName="absent", ClientRequestToken=TOKEN))
    assert answer == ("ResourceNotFound" if moto else "ValidationException")


def job(name: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://data-bucket/out"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
    }


def test_a_training_jobs_name_is_used_once(moto: bool, sagemaker: Any) -> None:
    sagemaker.create_training_job(**job("holdfast-one"))
    answer = refused(lambda: sagemaker.create_training_job(**job("holdfast-one")))
    assert answer == ("ResourceInUse" if moto else None)


def test_a_training_jobs_name_has_the_form_aws_takes(moto: bool, sagemaker: Any) -> None:
    answer = refused(lambda: sagemaker.create_training_job(**job("holdfast_one")))
    assert answer == ("ValidationException" if moto else None)


def test_moto_is_itself_again_afterwards() -> None:
    before = [getattr(rule.owner, rule.method) for rule in RULES]
    with strict():
        assert [getattr(rule.owner, rule.method) for rule in RULES] != before
    assert [getattr(rule.owner, rule.method) for rule in RULES] == before
