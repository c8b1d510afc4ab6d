"""The account as the doctor sees it: reads only, but for the one setting it is told to merge."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.batches import baselines
from holdfast.batches.baselines import BASELINES
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.logic import Author
from holdfast.shared.clients import client, code_of, translate
from holdfast.shared.errors import ConfigurationError, GovernanceError
from holdfast_console.doctor.checks import Trail
from holdfast_console.doctor.finding import Unread

Found = TypeVar("Found")
Absent = TypeVar("Absent")
MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucketPolicy", "ServerSideEncryptionConfigurationNotFoundError",
                     "NotFoundException", "ResourceNotFound", "NoSuchEntity", "NotFound"})  # fmt: skip


class Account:
    """Read what the checks need; what cannot be read is a fact too."""

    def __init__(self, account: str, region: str) -> None:
        self.id = account
        self.region = region
        self._s3 = client("s3", region)

    def notification(self, bucket: str) -> dict[str, Any] | Unread:
        """Read a bucket's notification setting."""
        return _read(lambda: _bare(self._s3.get_bucket_notification_configuration(**self._owned(bucket))), {})

    def put_notification(self, bucket: str, setting: Mapping[str, Any], *, instead_of: Mapping[str, Any]) -> None:
        """Set a bucket's notifications, unless they are not what they were any more."""
        if self.notification(bucket) != instead_of:
            raise ConfigurationError(f"the notification setting of {bucket} changed meanwhile: nothing was written")
        try:
            self._s3.put_bucket_notification_configuration(
                **self._owned(bucket), NotificationConfiguration=dict(setting)
            )
        except ClientError as error:
            raise translate(error, f"setting the notifications of {bucket}") from error

    def policy(self, bucket: str) -> dict[str, Any] | Unread | None:
        """Read a bucket's policy; `None` if it has none."""
        return _read(lambda: dict(json.loads(self._s3.get_bucket_policy(**self._owned(bucket))["Policy"])), None)

    def bucket_region(self, bucket: str) -> str | Unread:
        """Tell where a bucket is."""
        return _read(lambda: str(self._s3.head_bucket(**self._owned(bucket))["BucketRegion"]), Unread("no such bucket"))

    def encryption(self, bucket: str) -> str | Unread | None:
        """Name the customer's key that encrypts what is new in a bucket; `None` if there is none."""
        key = _read(lambda: _key_of(self._s3.get_bucket_encryption(**self._owned(bucket))), None)
        if not isinstance(key, str) or (key.startswith("arn:") and ":key/" in key):
            return key
        kms = client("kms", self.region)
        return _read(lambda: str(kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]), key)

    def key_state(self, arn: str) -> str | Unread | None:
        """Tell the state of a key; `None` if there is no such key."""
        kms = client("kms", arn.split(":")[3])
        return _read(lambda: str(kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]), None)

    def object_size(self, bucket: str, key: str) -> int | Unread | None:
        """Tell the size of an object; `None` if it is missing."""
        return _read(lambda: int(self._s3.head_object(**self._owned(bucket), Key=key)["ContentLength"]), None)

    def pipeline_status(self, name: str) -> str | Unread | None:
        """Tell the status of a SageMaker pipeline; `None` if it is missing."""
        sagemaker = client("sagemaker", self.region)
        return _read(lambda: str(sagemaker.describe_pipeline(PipelineName=name)["PipelineStatus"]), None)

    def role_status(self, arn: str) -> str | Unread | None:
        """Tell that a role is there, in the words of a pipeline's status; `None` if it is missing."""
        name = arn.rsplit("/", 1)[-1]
        return _read(lambda: "Active" if client("iam").get_role(RoleName=name)["Role"] else None, None)

    def trails(self) -> list[Trail] | Unread:
        """Read the trails that record in this region."""
        cloudtrail = client("cloudtrail", self.region)
        return _read(lambda: [_trail(cloudtrail, one) for one in cloudtrail.describe_trails()["trailList"]], [])

    def subscriptions(self, topic: str) -> list[str] | Unread:
        """Name the subscriptions of a topic; one not confirmed has no ARN."""
        pages = client("sns", self.region).get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        return _read(lambda: [str(one["SubscriptionArn"]) for page in pages for one in page["Subscriptions"]], [])

    def baseline(self, table: str, model: str, manifest: str) -> str | Unread | None:
        """Name the baseline in force, from the ledger; `None` if there is none."""
        ledger = Ledger(client("dynamodb", self.region), table, Author("doctor", manifest))
        try:
            active = ledger.state(baselines.stream_of(model), BASELINES).active
        except GovernanceError as error:
            return Unread(str(error))
        except BotoCoreError as error:
            return Unread(f"reading {table}: {error}")
        return None if active is None else active.sha256

    def _owned(self, bucket: str) -> dict[str, str]:
        return {"Bucket": bucket, "ExpectedBucketOwner": self.id}


def _read(call: Callable[[], Found], absent: Absent) -> Found | Absent | Unread:
    try:
        return call()
    except ClientError as error:
        if code_of(error) in MISSING:
            return absent
        return Unread(f"{error.operation_name} answered {code_of(error)}")
    except BotoCoreError as error:
        return Unread(str(error)[:200])


def _key_of(answer: Mapping[str, Any]) -> str | None:
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    keys = [rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID") for rule in rules]
    return next((str(key) for key in keys if key), None)


def _bare(setting: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in setting.items() if name != "ResponseMetadata"}


def _trail(cloudtrail: Any, found: Mapping[str, Any]) -> Trail:
    arn = found["TrailARN"]
    selectors = cloudtrail.get_event_selectors(TrailName=arn)
    return Trail(
        name=found["Name"],
        home_region=found.get("HomeRegion", ""),
        is_multi_region=bool(found.get("IsMultiRegionTrail")),
        is_logging=bool(cloudtrail.get_trail_status(Name=arn)["IsLogging"]),
        selectors=tuple(selectors.get("EventSelectors", ())),
        advanced_selectors=tuple(selectors.get("AdvancedEventSelectors", ())),
    )
