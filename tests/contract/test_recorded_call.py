"""What CloudTrail and SageMaker tell of resources, and what we say of them."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.compliance.catalogue import events_of, every_kind
from holdfast.compliance.contract import Finding, LookDue, RecordedCall, ResourceJudged, StateChanged
from holdfast.compliance.doors import Ignored, looks
from holdfast.compliance.logic import ignored, touched
from holdfast.shared.errors import ContractError

ACCOUNT = "123456789012"
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "36eb8523-97d0-4518-b33d-ee3579ff19f0",
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.s3",
    "account": ACCOUNT,
    "time": "2026-03-02T12:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "eventVersion": "1.11",
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutBucketPublicAccessBlock",
        "awsRegion": "eu-west-1",
        "requestParameters": {"bucketName": "training-data", "Host": "s3.eu-west-1.amazonaws.com"},
        "responseElements": None,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
    },
}
KINDS = tuple(every_kind().values())


def detail(**changed: Any) -> dict[str, Any]:
    return {**EVENT, "detail": {**EVENT["detail"], **changed}}


def named(event: object) -> list[tuple[str, str]]:
    return [(kind.id, name) for kind, name in touched(RecordedCall.receive(event), KINDS)]


def test_we_read_the_event_aws_sends() -> None:
    call = RecordedCall.receive(EVENT)
    assert (call.name, call.source, call.account, call.event_id) == (
        "PutBucketPublicAccessBlock", "aws.s3", ACCOUNT, EVENT["id"],
    )  # fmt: skip
    assert named(EVENT) == [("s3_bucket", "training-data")]
    assert not call.is_read_only
    assert call.error_code is None


def test_the_account_is_the_recipients_where_the_envelope_says_none() -> None:
    bare = {key: value for key, value in EVENT.items() if key not in ("account", "id")}
    told = RecordedCall.receive({**bare, "detail": {**EVENT["detail"], "eventID": "e"}})
    assert (told.account, told.event_id) == (ACCOUNT, "e")


@pytest.mark.parametrize("parameters", [None, {}, {"bucketName": ""}, {"bucketName": ["a"]}, "text"])
def test_a_change_that_names_no_bucket_is_refused(parameters: object) -> None:
    with pytest.raises(ContractError, match=r"PutBucketPolicy names no resource.*requestParameters\.bucketName"):
        named(detail(eventName="PutBucketPolicy", requestParameters=parameters))


@pytest.mark.parametrize("event", [None, [], {}, {"detail": None}, detail(eventName=""), detail(eventName=None)])
def test_what_names_no_call_is_refused(event: object) -> None:
    with pytest.raises(ContractError, match="not a RecordedCall"):
        RecordedCall.receive(event)


@pytest.mark.parametrize(
    "name",
    [
        "CreateBucket", "DeleteBucket", "PutBucketLifecycle", "PutBucketLifecycleConfiguration", "PutBucketCors",
        "DeleteBucketPublicAccessBlock", "DeletePublicAccessBlock", "PutBucketPublicAccessBlock",
        "PutPublicAccessBlock", "PutBucketNotification", "PutBucketNotificationConfiguration",
        "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration", "PutBucketTagging",
    ],
)  # fmt: skip
def test_a_change_of_a_bucket_is_known_by_either_of_its_names_and_is_the_buckets_alone(name: str) -> None:
    assert name in events_of("s3_bucket")
    assert named(detail(eventName=name)) == [("s3_bucket", "training-data")]


@pytest.mark.parametrize(
    "name",
    [
        "PutAccountPublicAccessBlock",
        "DeleteAccountPublicAccessBlock",
        "PutPublicAccessBlock",
        "DeletePublicAccessBlock",
    ],
)
def test_a_block_without_a_bucket_is_the_accounts(name: str) -> None:
    assert named(detail(eventName=name, requestParameters={"host": "x"})) == [("aws_account", ACCOUNT)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"errorCode": "AccessDenied"}, "the call failed (AccessDenied): nothing changed"),
        ({"readOnly": True}, "PutBucketPublicAccessBlock only reads"),
        ({"readOnly": "true"}, "PutBucketPublicAccessBlock only reads"),
        ({"eventName": "GetBucketPolicy", "readOnly": None}, "GetBucketPolicy only reads"),
        ({"eventName": "PutObject"}, "PutObject changes nothing that a control judges"),
    ],
)
def test_a_call_that_is_no_reason_to_look_says_why(changed: dict[str, Any], reason: str) -> None:
    assert ignored(RecordedCall.receive(detail(**changed)), account=ACCOUNT, kinds=KINDS) == reason


def test_a_call_of_another_account_is_none_of_ours() -> None:
    call = RecordedCall.receive({**EVENT, "account": "210987654321"})
    assert ignored(call, account=ACCOUNT, kinds=KINDS) == "of account 210987654321, not of ours"


@pytest.mark.parametrize("look", [{}, {"kind": "s3_bucket"}, {"kind": "", "name": "a", "cause": "b"}, None, "text"])
def test_a_look_that_does_not_say_at_what_is_refused(look: object) -> None:
    with pytest.raises(ContractError, match="not a LookDue"):
        LookDue.receive({"look": look})


def test_news_of_sagemaker_in_odd_shapes_is_read() -> None:
    told = StateChanged.receive({"detail-type": "SageMaker Model State Change", "resources": [7, "arn"], "detail": []})
    assert (told.resources, told.detail, told.text("ModelName")) == (("arn",), {}, None)


def test_what_we_say_is_closed() -> None:
    finding = Finding(control="a", references=("FSBP S3.1",), severity="low", verdict="pass", reason="holds")
    said = ResourceJudged(
        resource_kind="s3_bucket", resource_type="AWS::S3::Bucket", resource="b", account=ACCOUNT, region="eu-west-1",
        outcome="pass", previous=None, findings=(finding,), changed=("a",),
    )  # fmt: skip
    assert said.model_dump()["schema_version"] == 1
    with pytest.raises(ValidationError):
        ResourceJudged.model_validate({**said.model_dump(), "more": 1})
    with pytest.raises(ValidationError):
        Finding.model_validate({**finding.model_dump(), "more": 1})


@pytest.mark.parametrize(
    ("name", "kind", "resource"),
    [
        ("bucket_made_public", "s3_bucket", "ml-data"),
        ("account_block_removed", "aws_account", ACCOUNT),
        ("access_point_created", "s3_access_point", "partners"),
        ("notebook_instance_created", "sagemaker_notebook_instance", "desk"),
        ("endpoint_config_created", "sagemaker_endpoint_config", "bike-demand-7"),
        ("training_job_created", "sagemaker_training_job", "night-run"),
        ("model_tags_removed", "sagemaker_model", "bike-demand"),
        ("trail_stopped", "aws_account", ACCOUNT),
        ("finding_imported", "s3_bucket", "ml-data"),
    ],
)
def test_each_sample_brings_one_resource_before_the_judge(
    name: str, kind: str, resource: str, sample: Callable[[str], Any]
) -> None:
    found = looks(sample(name), every_kind(), account=ACCOUNT, message_id="message")
    assert not isinstance(found, Ignored)
    assert [(one.kind.id, one.name, one.cause) for one in found] == [(kind, resource, sample(name)["id"])]


@pytest.mark.parametrize("name", ["timer", "object_created", "pipeline_execution_failed", "training_job_failed"])
def test_samples_for_others_are_not_the_judges(name: str, sample: Callable[[str], Any]) -> None:
    assert isinstance(looks(sample(name), every_kind(), account=ACCOUNT, message_id="message"), Ignored)
