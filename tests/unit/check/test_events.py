import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.shared.errors import ContractError
from holdfast_console.check.events import bodies, recorded, region_of, shown

RECORD = {"eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "awsRegion": "eu-west-1",
          "recipientAccountId": "123456789012", "eventID": "7bf73129",
          "requestParameters": {"bucketName": "b"}}  # fmt: skip
EVENT = {"detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": RECORD}


@pytest.mark.parametrize(
    "document",
    [
        EVENT,
        RECORD,
        [EVENT],
        {"Records": [RECORD]},
        {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(EVENT)}]},
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(EVENT)}}]},
        {"Type": "Notification", "Message": json.dumps({"Records": [RECORD]})},
        {"EventId": "7bf73129", "CloudTrailEvent": json.dumps(RECORD)},
        {"Events": [{"EventId": "7bf73129", "CloudTrailEvent": json.dumps(RECORD)}]},
    ],
)
def test_an_event_is_found_in_whatever_it_is_wrapped(document: object) -> None:
    [body] = bodies(document)
    assert (body["source"], body["detail"]["eventName"]) == ("aws.s3", "PutBucketPolicy")
    assert region_of(body) == "eu-west-1"
    assert shown(body) == "PutBucketPolicy"


@pytest.mark.parametrize(
    "document", [1, "text", None, {"Records": [7]}, {"Type": "Notification", "Message": "no json"}]
)
def test_what_is_no_event_is_refused(document: object) -> None:
    with pytest.raises(ContractError):
        list(bodies(document))


def test_wrapping_without_end_is_refused() -> None:
    document: Any = EVENT
    for _ in range(40):
        document = [document]
    with pytest.raises(ContractError, match="wrapped more than"):
        list(bodies(document))


def test_every_line_of_a_jsonl_file_stands_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join([json.dumps(EVENT).encode(), b"", b"{broken", b"\xff", json.dumps(RECORD).encode()]))
    found = list(recorded(str(path)))
    assert [event.place.rpartition(":")[2] for event in found] == ["1", "3", "4", "5"]
    assert [event.trouble is None for event in found] == [True, False, False, True]


def test_a_log_is_read_as_cloudtrail_packs_it(tmp_path: Path) -> None:
    path = tmp_path / "log.json.gz"
    packed = gzip.compress(json.dumps({"Records": [RECORD, RECORD]}).encode())
    path.write_bytes(packed)
    assert [event.body["source"] for event in recorded(str(path))] == ["aws.s3", "aws.s3"]
    for broken in (packed[:-9], packed[:20] + b"x" + packed[21:], packed[:2]):
        path.write_bytes(broken)
        [event] = recorded(str(path))
        assert event.trouble is not None


def test_a_notification_of_s3_is_no_recorded_call() -> None:
    [body] = bodies({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {}}]})
    assert body == {"detail-type": "ObjectCreated:Put of aws:s3"}
