"""CloudTrail: a change of a bucket, the account or SageMaker's resources, told in the words that real trails use."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from holdfast.compliance import catalogue
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
S3, SAGEMAKER = "s3.amazonaws.com", "sagemaker.amazonaws.com"
HIDDEN = frozenset({"Bucket", "ExpectedBucketOwner", "ChecksumAlgorithm", "ContentMD5"})
OPERATOR = "operator"


def recorded(call: Call, *, account: str, event_id: str, now: datetime) -> dict[str, Any] | None:
    """Give the CloudTrail record of a call that changes what compliance judges; None for any other call."""
    told = _of_bucket(call, account) or _of_account(call) or _of_sagemaker(call)
    if told is None:
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
        "awsRegion": call.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "twin",
        **failed,
        "responseElements": None,
        "requestID": event_id[:16].replace("-", "").upper(),
        "eventID": event_id,
        "readOnly": False,
        **told,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }


def _of_bucket(call: Call, account: str) -> dict[str, Any] | None:
    bucket = call.params.get("Bucket")
    if call.service != "s3" or not isinstance(bucket, str) or not call.operation.startswith(CHANGES):
        return None
    host = f"{bucket}.s3.{call.region}.amazonaws.com"
    return {
        "eventSource": S3,
        "eventName": NAMES.get(call.operation, call.operation),
        "requestParameters": {"bucketName": bucket, "Host": host, **_parameters(call.params)},
        "resources": [{"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}],
    }


def _of_account(call: Call) -> dict[str, Any] | None:
    if call.service != "s3control" or call.operation not in ("PutPublicAccessBlock", "DeletePublicAccessBlock"):
        return None
    host = f"{call.params['AccountId']}.s3-control.{call.region}.amazonaws.com"
    name = call.operation.replace("Public", "AccountPublic")
    return {"eventSource": S3, "eventName": name, "requestParameters": {"host": host}}


@cache
def _changes_of_sagemaker() -> frozenset[str]:
    kinds = [kind for kind in catalogue.every_kind().values() if "aws.sagemaker" in kind.sources]
    return frozenset().union(*(catalogue.events_of(kind.id) for kind in kinds))


def _of_sagemaker(call: Call) -> dict[str, Any] | None:
    if call.service != "sagemaker" or call.operation not in _changes_of_sagemaker():
        return None
    return {"eventSource": SAGEMAKER, "eventName": call.operation, "requestParameters": _spelt(call.params)}


def _spelt(value: Any) -> Any:
    """Write names with a small first letter, as trails do."""
    if isinstance(value, Mapping):
        return {name[:1].lower() + name[1:]: _spelt(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_spelt(part) for part in value]
    return value if isinstance(value, str | bool | int | float) or value is None else str(value)


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
