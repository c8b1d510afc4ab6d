"""Both doors of one batch: EventBridge's event and S3's notification."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.contract import TABULAR, BatchArrived, ignored
from holdfast.batches.policy import ClosedBy
from holdfast.shared.errors import ContractError

KEYS = Path(__file__).parents[3] / "shared" / "events" / "real" / "key-encoding" / "key-cases.json"
ENVELOPE: dict[str, Any] = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    "source": "aws.s3",
    "account": "123456789012",
    "time": "2026-03-02T12:00:00Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:s3:::ml-data"],
    "detail": {
        "version": "0",
        "bucket": {"name": "ml-data"},
        "object": {
            "key": "bikes/batch+1%20.parquet",
            "size": 5,
            "etag": "b1946ac92492d2347c6235b4d2611184",
            "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
            "sequencer": "00617F08299329D189",
        },
        "reason": "PutObject",
    },
}
RECORD: dict[str, Any] = {
    "eventVersion": "2.6",
    "eventSource": "aws:s3",
    "awsRegion": "eu-west-1",
    "eventTime": "2026-03-02T12:00:00.000Z",
    "eventName": "ObjectCreated:Put",
    "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"},
    "s3": {
        "s3SchemaVersion": "1.0",
        "bucket": {"name": "ml-data", "ownerIdentity": {"principalId": "A3NL1KOZZKExample"}},
        "object": {
            "key": "bikes/batch%2B1%2520.parquet",
            "size": 5,
            "eTag": "b1946ac92492d2347c6235b4d2611184",
            "versionId": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
            "sequencer": "00617F08299329D189",
        },
    },
}


def changed(**thing: Any) -> dict[str, Any]:
    return {**ENVELOPE, "detail": {"bucket": {"name": "ml-data"}, "object": {"key": "bikes/a.parquet", **thing}}}


def one(body: object) -> BatchArrived:
    [arrived] = BatchArrived.receive(body)
    return arrived


def test_eventbridge_says_everything() -> None:
    assert one(ENVELOPE) == BatchArrived(
        happened="Object Created",
        account="123456789012",
        region="eu-west-1",
        bucket="ml-data",
        key="bikes/batch+1%20.parquet",
        version_id="IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        etag="b1946ac92492d2347c6235b4d2611184",
        size=5,
        sequencer="00617F08299329D189",
        time=datetime(2026, 3, 2, 12, tzinfo=UTC),
        event_id="17793124-05d4-b198-2fde-7ededc63b103",
    )


def test_a_notification_says_the_same_but_for_account_and_event_id() -> None:
    by_bridge, by_notice = one(ENVELOPE), one({"Records": [RECORD]})
    assert by_notice.account is None
    assert by_notice.event_id == "C3D13FE58DE4C810"
    for name in ("happened", "region", "bucket", "key", "version_id", "etag", "size", "sequencer", "time"):
        assert getattr(by_notice, name) == getattr(by_bridge, name)


def test_a_notification_may_hold_several_records() -> None:
    assert len(BatchArrived.receive({"Records": [RECORD, RECORD, RECORD]})) == 3
    assert BatchArrived.receive({"Records": []}) == ()


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=200))
def test_whatever_the_key_both_doors_lead_to_the_same_object(key: str) -> None:
    notice = {**RECORD, "s3": {**RECORD["s3"], "object": {"key": quote_plus(key, safe="/")}}}
    assert one({"Records": [notice]}).key == key
    assert one(changed(key=key)).key == key


def test_recorded_keys_are_decoded_as_aws_encoded_them() -> None:
    if not KEYS.exists():
        pytest.skip("no recorded keys beside the project")
    for case in json.loads(KEYS.read_text()):
        notice = {**RECORD, "s3": {**RECORD["s3"], "object": {"key": case["notification_key"]}}}
        assert one({"Records": [notice]}).key == case["object_key"]


@pytest.mark.parametrize("time", ["yesterday", None, 7.5e300, "2026-03-02T12:00:00", {}])
def test_a_time_that_is_none_loses_nobody_a_batch(time: object) -> None:
    assert one({**ENVELOPE, "time": time}).time is None


@pytest.mark.parametrize("minor", ["2.0", "2.1", "2.6", "2.99"])
def test_any_version_of_the_record_is_read(minor: str) -> None:
    assert one({"Records": [{**RECORD, "eventVersion": minor}]}).key


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"Records": [None]},
        {"Records": [{}]},
        {"Records": "many"},
        changed(key=""),
        changed(key=None),
        changed(key=7),
        changed(size=-1),
        changed(size="many"),
        {"detail-type": "Object Created", "bucket": "ml-data", "key": "a.parquet"},
        {"Records": [{**RECORD, "s3": {**RECORD["s3"], "object": {"key": "%FF%FE.parquet"}}}]},
    ],
)
def test_what_does_not_name_an_object_is_refused(body: object) -> None:
    with pytest.raises(ContractError, match="not a"):
        BatchArrived.receive(body)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (changed(size=1), None),
        (changed(), None),
        (changed(key="a.CSV.GZ"), None),
        (changed(size=0), "the object is empty"),
        (changed(key="a/"), "a folder key holds no data"),
        (changed(key="a/.parquet/x"), f"not tabular: the key ends in none of {', '.join(TABULAR)}"),
        (changed(key="quarantine/a.csv"), "under a quarantine prefix: what is kept there is no batch"),
        (changed(key="a/reports/a.csv"), "under a reports prefix: what is kept there is no batch"),
        ({**ENVELOPE, "detail-type": "Object Deleted"}, "Object Deleted: no new object"),
        ({"Records": [{**RECORD, "eventName": "s3:ObjectRemoved:Delete"}]}, "Object Deleted: no new object"),
        ({"Records": [{**RECORD, "eventName": "ObjectTagging:Put"}]}, "ObjectTagging:Put: no new object"),
    ],
)
def test_what_is_no_batch_says_why(event: object, reason: str | None) -> None:
    assert ignored(one(event)) == reason


def test_a_prefix_governed_by_name_may_be_called_anything() -> None:
    arrived = one(changed(key="reports/bikes/a.csv"))
    assert ignored(arrived) is not None
    assert ignored(arrived, below="reports/bikes/") is None
    assert ignored(one(changed(key="reports/bikes/quarantine/a.csv")), below="reports/bikes/") is not None


@pytest.mark.parametrize(
    ("name", "closed_by"),
    [("folder_closed", "success"), ("folder_closed_notification", "success"), ("manifest_file_created", "manifest")],
)
def test_what_closes_a_batch_is_one_only_where_the_manifest_says_so(
    sample: Callable[[str], Any], name: str, closed_by: ClosedBy
) -> None:
    (arrived,) = BatchArrived.receive(sample(name))
    assert ignored(arrived, below="bike-demand/batches/", closed_by=closed_by) is None
    assert ignored(arrived, below="bike-demand/batches/") is not None


def test_both_doors_tell_of_the_same_marker(sample: Callable[[str], Any]) -> None:
    one, other = (BatchArrived.receive(sample(name))[0] for name in ("folder_closed", "folder_closed_notification"))
    assert one.key == other.key == "bike-demand/batches/day=2026-03-02/_SUCCESS"
    assert one.size == other.size == 0


@pytest.mark.parametrize(
    ("key", "closed_by", "reason"),
    [
        ("in/d/part-0.parquet", "success", "part of a batch that its _SUCCESS closes"),
        ("in/d/part-0.parquet", "manifest", "part of a batch that a manifest file lists"),
        ("in/_temporary/0/_SUCCESS", "success", "under _temporary: what is hidden is no batch"),
        ("in/d/_SUCCESS", "object", "not tabular"),
        ("in/d/notes.txt", "manifest", "not tabular"),
        ("in/quarantine/_SUCCESS", "success", "under a quarantine prefix"),
        ("in/d/x.MANIFEST", "manifest", None),
        ("in/d/manifest.json", "manifest", None),
        ("in/_SUCCESS", "success", None),
    ],
)
def test_a_part_alone_is_no_batch_and_what_closes_one_is(key: str, closed_by: ClosedBy, reason: str | None) -> None:
    found = ignored(one(changed(key=key)), below="in/", closed_by=closed_by)
    assert found is None if reason is None else str(found).startswith(reason)
