"""What CloudTrail tells of buckets, and what we say of them."""

from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.compliance.contract import BucketChanged, BucketJudged, Finding
from holdfast.shared.errors import ContractError

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "36eb8523-97d0-4518-b33d-ee3579ff19f0",
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.s3",
    "account": "123456789012",
    "time": "2026-03-02T12:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "eventVersion": "1.11",
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutBucketPublicAccessBlock",
        "requestParameters": {"bucketName": "training-data", "Host": "s3.eu-west-1.amazonaws.com"},
        "responseElements": None,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "123456789012",
    },
}


def detail(**changed: Any) -> dict[str, Any]:
    return {**EVENT, "detail": {**EVENT["detail"], **changed}}


def test_we_read_the_event_aws_sends() -> None:
    changed = BucketChanged.receive(EVENT)
    assert (changed.subject, changed.account, changed.event_id) == ("training-data", "123456789012", EVENT["id"])
    assert changed.name == "PutBucketPublicAccessBlock"
    assert changed.is_change
    assert not changed.is_read_only
    assert changed.error_code is None


def test_the_account_is_the_recipients_where_the_envelope_says_none() -> None:
    bare = {key: value for key, value in EVENT.items() if key not in ("account", "id")}
    told = {**bare, "detail": {**EVENT["detail"], "eventID": "e"}}
    assert BucketChanged.receive(told).account == "123456789012"
    assert BucketChanged.receive(told).event_id == "e"


@pytest.mark.parametrize("parameters", [None, {}, {"bucketName": ""}, {"bucketName": ["a"]}, "text"])
def test_a_change_that_names_no_bucket_has_no_subject(parameters: object) -> None:
    with pytest.raises(ContractError, match="bucketName is missing or empty"):
        _ = BucketChanged.receive(detail(requestParameters=parameters)).subject


@pytest.mark.parametrize("event", [None, [], {}, {"detail": None}, detail(eventName=""), detail(eventName=None)])
def test_what_names_no_call_is_refused(event: object) -> None:
    with pytest.raises(ContractError, match="not a BucketChanged"):
        BucketChanged.receive(event)


@pytest.mark.parametrize(
    ("name", "is_change"),
    [
        ("CreateBucket", True),
        ("DeleteBucket", True),
        ("PutBucketLifecycle", True),
        ("PutBucketLifecycleConfiguration", True),
        ("DeleteBucketPublicAccessBlock", True),
        ("DeletePublicAccessBlock", True),
        ("PutAccountPublicAccessBlock", False),
        ("PutObject", False),
        ("PutObjectAcl", False),
        ("GetBucketPolicy", False),
        ("CreateAccessPoint", False),
    ],
)
def test_a_change_of_a_bucket_is_told_by_its_name_in_either_spelling(name: str, is_change: bool) -> None:
    assert BucketChanged.receive(detail(eventName=name)).is_change is is_change


def test_what_we_say_is_closed() -> None:
    finding = Finding(control="a", references=("FSBP S3.1",), severity="low", verdict="pass", reason="holds")
    said = BucketJudged(bucket="b", outcome="pass", previous=None, findings=(finding,), changed=("a",))
    assert said.model_dump()["schema_version"] == 1
    with pytest.raises(ValidationError):
        BucketJudged.model_validate({**said.model_dump(), "more": 1})
    with pytest.raises(ValidationError):
        Finding.model_validate({**finding.model_dump(), "more": 1})
