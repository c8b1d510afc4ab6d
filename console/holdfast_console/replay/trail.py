"""CloudTrail: a change of a bucket, told to the default bus in the words that real trails use."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from holdfast_console.replay.gate import Call

NAMES = {
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}
"""API operations that CloudTrail calls otherwise."""
CHANGES = (
    "CreateBucket",
    "DeleteBucket",
    "PutBucket",
    "PutPublicAccessBlock",
    "DeletePublicAccessBlock",
    "PutObjectLockConfiguration",
)
READS = ("Get", "List", "Head", "Describe")
SOURCE = "s3.amazonaws.com"
HIDDEN = frozenset({"Bucket", "ExpectedBucketOwner", "ChecksumAlgorithm", "ContentMD5"})
OPERATOR = "operator"


def recorded(call: Call, *, account: str, event_id: str, now: datetime) -> dict[str, Any] | None:
    """Give the CloudTrail record of a call that changes a bucket; None for any other call."""
    bucket = call.params.get("Bucket")
    if call.service != "s3" or not isinstance(bucket, str) or not call.operation.startswith(CHANGES):
        return None
    name = call.caller.function if call.caller is not None else OPERATOR
    role = call.caller.role_arn.rsplit("/", 1)[-1] if call.caller is not None else OPERATOR
    failed = {"errorCode": call.error, "errorMessage": call.error} if call.error is not None else {}
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROATWIN:{name}",
            "accountId": account,
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        },
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": SOURCE,
        "eventName": NAMES.get(call.operation, call.operation),
        "awsRegion": call.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "twin",
        **failed,
        "requestParameters": {
            "bucketName": bucket,
            "Host": f"{bucket}.s3.{call.region}.amazonaws.com",
            **_parameters(call.params),
        },
        "responseElements": None,
        "requestID": event_id[:16].replace("-", "").upper(),
        "eventID": event_id,
        "readOnly": False,
        "resources": [{"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }


def wrapped(record: Mapping[str, Any]) -> dict[str, Any]:
    """Wrap a bare CloudTrail record as EventBridge delivers it."""
    return {
        "version": "0",
        "id": record.get("eventID", ""),
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{str(record.get('eventSource', '')).split('.')[0]}",
        "account": record.get("recipientAccountId") or record.get("userIdentity", {}).get("accountId", ""),
        "time": record.get("eventTime", ""),
        "region": record.get("awsRegion", ""),
        "resources": [],
        "detail": dict(record),
    }


def is_read(record: Mapping[str, Any]) -> bool:
    """Tell whether a record is of a call that only reads, which reaches no rule unless the rule asks for such calls."""
    return record.get("readOnly") in (True, "true") or str(record.get("eventName", "")).startswith(READS)


def _parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    found = {name[0].lower() + name[1:]: value for name, value in params.items() if name not in HIDDEN}
    if isinstance(policy := found.pop("policy", None), str):
        found["bucketPolicy"] = json.loads(policy)
    return {name: value for name, value in found.items() if isinstance(value, str | bool | int | dict | list)}
