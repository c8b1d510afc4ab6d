import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast_console.replay.gate import Call, Caller
from holdfast_console.replay.incoming import Way, doors
from holdfast_console.replay.trail import NAMES, recorded, wrapped

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENT_ID = "11111111-2222-4333-8444-555555555555"


def record(
    operation: str,
    params: dict[str, Any],
    *,
    service: str = "s3",
    error: str | None = None,
    caller: Caller | None = None,
) -> Any:
    call = Call(caller, service, operation, params, "eu-west-1", error)
    return recorded(call, account="123456789012", event_id=EVENT_ID, now=NOW)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("PutBucketPolicy", "PutBucketPolicy"),
        ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
        ("DeletePublicAccessBlock", "DeleteBucketPublicAccessBlock"),
        ("PutBucketLifecycleConfiguration", "PutBucketLifecycle"),
        ("DeleteBucketLifecycle", "DeleteBucketLifecycle"),
        ("CreateBucket", "CreateBucket"),
    ],
)
def test_changes_have_the_names_that_trails_use(operation: str, name: str) -> None:
    found = record(operation, {"Bucket": "ml-data"})
    assert (found["eventName"], found["requestParameters"]["bucketName"]) == (name, "ml-data")


def test_those_names_are_the_recorded_ones(shared: Path) -> None:
    seen = {
        json.loads(path.read_text()).get("eventName")
        for path in (shared / "events" / "real" / "panther").glob("*.json")
        if path.name != "index.json"
    }
    assert NAMES["PutPublicAccessBlock"] in seen


@pytest.mark.parametrize(
    ("service", "operation"), [("s3", "GetBucketPolicy"), ("s3", "PutObject"), ("sns", "CreateTopic")]
)
def test_reads_objects_and_other_services_are_no_management_events_of_s3(service: str, operation: str) -> None:
    assert record(operation, {"Bucket": "ml-data"}, service=service) is None


def test_a_refused_call_says_so_and_a_policy_is_an_object() -> None:
    found = record("PutBucketPolicy", {"Bucket": "ml-data", "Policy": '{"Statement": []}'}, error="AccessDenied")
    assert found["errorCode"] == "AccessDenied"
    assert found["requestParameters"]["bucketPolicy"] == {"Statement": []}


def test_a_function_is_named_as_who_did_it() -> None:
    caller = Caller("Remediator", "arn:aws:iam::123456789012:role/remediator")
    found = record("PutBucketPolicy", {"Bucket": "ml-data"}, caller=caller)
    assert found["userIdentity"]["arn"] == "arn:aws:sts::123456789012:assumed-role/remediator/Remediator"


def test_a_bare_record_is_wrapped_by_the_rule_of_the_indexes(shared: Path) -> None:
    bare = json.loads(
        (
            shared / "events" / "real" / "panther" / "aws_s3_delete_public_access_block-2-Different-S3-Event.json"
        ).read_text()
    )
    event = wrapped(bare)
    assert {name: event[name] for name in ("id", "detail-type", "source", "account", "time", "region")} == {
        "id": bare["eventID"],
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": bare["recipientAccountId"],
        "time": bare["eventTime"],
        "region": bare["awsRegion"],
    }
    assert event["detail"] == bare


S3 = {
    "eventSource": "aws:s3",
    "eventName": "ObjectCreated:Put",
    "s3": {"bucket": {"name": "b"}, "object": {"key": "k"}},
}
TRAIL = {"eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "eventID": "1"}


@pytest.mark.parametrize(
    ("event", "ways"),
    [
        ({"detail-type": "Object Created", "detail": {}}, [Way.BUS]),
        ({"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}, [Way.TIMER]),
        (TRAIL, [Way.BUS]),
        ({**TRAIL, "eventName": "GetBucketPolicy"}, [Way.UNSEEN]),
        ({**TRAIL, "readOnly": True}, [Way.UNSEEN]),
        ({"Records": [TRAIL, TRAIL]}, [Way.BUS, Way.BUS]),
        ({"Records": [S3, S3]}, [Way.QUEUE, Way.QUEUE]),
        ({"Event": "s3:TestEvent", "Service": "Amazon S3"}, [Way.QUEUE]),
        ({"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"Records": [S3]})}]}, [Way.QUEUE]),
        ({"Records": [{"eventSource": "aws:sqs", "body": "Hello"}]}, [Way.NONE]),
        ({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps({"Records": [S3]})}}]}, [Way.QUEUE]),
        ({"Records": ["odd"]}, [Way.NONE]),
        ({"something": "else"}, [Way.NONE]),
        ({"Records": []}, [Way.NONE]),
    ],
)
def test_every_recorded_shape_has_its_door(event: dict[str, Any], ways: list[Way]) -> None:
    assert [way for way, _ in doors(event)] == ways


def test_every_recorded_event_has_a_door_or_a_reason(shared: Path) -> None:
    found = [
        path
        for path in (shared / "events" / "real").rglob("*.json")
        if path.name not in ("index.json", "key-cases.json")
    ]
    events = [json.loads(path.read_text()) for path in found]
    assert len(events) > 100
    assert all(list(doors(event)) for event in events if isinstance(event, dict))
