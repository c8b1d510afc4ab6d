import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest

from holdfast_console.replay.storage import Change, Storage
from holdfast_console.replay.strict import strict

REGION = "eu-west-1"
QUEUE = f"arn:aws:sqs:{REGION}:123456789012:judge"
BUCKET = "data-bucket"


class Ears:
    """Hears what S3 says."""

    def __init__(self) -> None:
        self.events: list[Change] = []
        self.records: list[dict[str, Any]] = []

    @property
    def names(self) -> list[str]:
        return [change.event for change in self.events]


@pytest.fixture
def ears(aws: None) -> Iterator[Ears]:
    ears = Ears()
    storage = Storage(to_bus=ears.events.append, to_target=lambda _bucket, _target, record: ears.records.append(record))
    with ExitStack() as stack:
        for context in (strict(), storage.watched()):
            stack.enter_context(context)
        yield ears


@pytest.fixture
def s3(ears: Ears) -> Any:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    both = {
        "EventBridgeConfiguration": {},
        "QueueConfigurations": [{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}],
    }
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=both)
    return s3


def test_setting_notifications_up_sends_a_test_event(s3: Any, ears: Ears) -> None:
    assert [record["Event"] for record in ears.records] == ["s3:TestEvent"]


def test_a_put_is_one_event_with_tags_or_without(s3: Any, ears: Ears) -> None:
    version = s3.put_object(Bucket=BUCKET, Key="a b/c=1.parquet", Body=b"12345", Tagging="team=a")["VersionId"]
    assert [(change.event, change.key, change.size, change.version_id) for change in ears.events] == [
        ("ObjectCreated:Put", "a b/c=1.parquet", 5, version)
    ]  # fmt: skip
    record = ears.records[-1]["Records"][0]
    assert (record["eventName"], record["s3"]["object"]["key"]) == ("ObjectCreated:Put", "a+b/c%3D1.parquet")
    assert record["s3"]["object"]["versionId"] == version


def test_every_change_has_an_order_of_its_own(s3: Any, ears: Ears) -> None:
    for _ in range(3):
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"a")
    sequencers = [change.sequencer for change in ears.events]
    assert sequencers == sorted(set(sequencers))


def test_an_upload_in_parts_is_told_once(s3: Any, ears: Ears) -> None:
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key="big", UploadId=upload, PartNumber=1, Body=b"a" * 6_000_000)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=BUCKET, Key="big", UploadId=upload, MultipartUpload=parts)
    assert [(change.event, change.size) for change in ears.events] == [
        ("ObjectCreated:CompleteMultipartUpload", 6_000_000)
    ]
    assert ears.events[0].etag is not None
    assert ears.events[0].etag.endswith("-1")


def test_a_copy_and_tags_are_told_by_their_names(s3: Any, ears: Ears) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"a")
    s3.copy_object(Bucket=BUCKET, Key="b", CopySource={"Bucket": BUCKET, "Key": "a"})
    s3.put_object_tagging(Bucket=BUCKET, Key="a", Tagging={"TagSet": [{"Key": "team", "Value": "a"}]})
    assert ears.names == ["ObjectCreated:Put", "ObjectCreated:Copy", "ObjectTagging:Put"]
    assert [change.detail_type for change in ears.events] == ["Object Created", "Object Created", "Object Tags Added"]
    assert len(ears.records) == 3, "the test event, and the two that were created"


def test_deletions_are_told_apart(s3: Any, ears: Ears) -> None:
    versions = [s3.put_object(Bucket=BUCKET, Key="a", Body=b"a")["VersionId"] for _ in range(2)]
    marker = s3.delete_object(Bucket=BUCKET, Key="a")["VersionId"]
    s3.delete_object(Bucket=BUCKET, Key="a", VersionId=versions[0])
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a", "VersionId": versions[1]}]})
    assert [(change.event, change.version_id) for change in ears.events[2:]] == [
        ("ObjectRemoved:DeleteMarkerCreated", marker),
        ("ObjectRemoved:Delete", versions[0]),
        ("ObjectRemoved:Delete", versions[1]),
    ]
    kinds = [change.detail()["deletion-type"] for change in ears.events[2:]]
    assert kinds == ["Delete Marker Created", "Permanently Deleted", "Permanently Deleted"]


def test_a_refused_request_says_nothing(s3: Any, ears: Ears) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"a")
    with pytest.raises(s3.exceptions.ClientError):
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"b", IfNoneMatch="*")
    assert ears.names == ["ObjectCreated:Put"]


def test_a_bucket_that_announces_nothing_is_silent(ears: Ears) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="quiet-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="quiet-bucket", Key="a", Body=b"a")
    assert (ears.events, ears.records) == ([], [])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ev-events-1-Object-created.json", "a"), ("ev-events-2-Object-deleted-using-DeleteObject.json", None)],
)
def test_details_have_the_fields_of_the_documented_events(
    s3: Any, ears: Ears, shared: Path, name: str, expected: str | None
) -> None:
    documented = json.loads((shared / "events" / "real" / "awsdocs" / name).read_text())
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"a")
    if expected is None:
        s3.delete_object(Bucket=BUCKET, Key="a")
    change = ears.events[-1]
    assert change.detail_type == documented["detail-type"]
    assert change.detail().keys() == documented["detail"].keys()
    assert change.detail()["object"].keys() == documented["detail"]["object"].keys()
    assert change.detail()["reason"] == documented["detail"]["reason"]


def test_keys_are_encoded_as_recorded(s3: Any, ears: Ears, shared: Path) -> None:
    cases = json.loads((shared / "events" / "real" / "key-encoding" / "key-cases.json").read_text())
    recorded = [case for case in cases if case["origin"].startswith("recorded")]
    assert len(recorded) >= 3
    for case in recorded:
        s3.put_object(Bucket=BUCKET, Key=case["object_key"], Body=b"a")
        assert ears.records[-1]["Records"][0]["s3"]["object"]["key"] == case["notification_key"]
