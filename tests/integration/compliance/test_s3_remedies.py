"""Each remedy is taken by S3, makes its control pass, and undone leaves what was before."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account, Live
from holdfast.compliance.facts import Facts
from holdfast.compliance.logic import judge
from holdfast.compliance.remedy import Remedy, Step
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Everything

ACCOUNT, REGION = "123456789012", "eu-west-1"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KIND = catalogue.every_kind()["s3_bucket"]
BUCKET = Resource("s3_bucket", "training-data", ACCOUNT, REGION)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GIVEN: dict[str, dict[str, Any]] = {
    "access_logging": {"targetBucket": "training-data-logs"},
    "kms_encryption": {"kmsKeyArns": KEY},
    "lifecycle": {"targetExpirationDays": 30, "targetPrefix": "raw/"},
}
MINE = ("access_logging", "default_encryption", "kms_encryption", "lifecycle", "versioning_enabled")


def readings() -> Live:
    return Account(ACCOUNT, REGION).readings(BUCKET, KIND, now=NOW)


def verdict(name: str) -> str:
    found = judge(BUCKET, readings(), Everything({name: GIVEN.get(name, {})}), now=NOW)
    return next(finding.verdict for finding in found if finding.control == name)


def proposed(name: str) -> Remedy:
    control = catalogue.every_control()[name]
    assert control.remediation is not None
    given = control.parameters.read(GIVEN.get(name, {}), of=name)
    remedy = control.remediation.propose(Facts(BUCKET, readings(), now=NOW, parameters=given))
    assert isinstance(remedy, Remedy), remedy
    return remedy


def carry_out(steps: Sequence[Step]) -> None:
    s3 = boto3.client("s3", REGION)
    for step in steps:
        getattr(s3, step.operation)(Bucket="training-data", ExpectedBucketOwner=ACCOUNT, **step.arguments)


def state(name: str) -> list[Any]:
    remediation = catalogue.every_control()[name].remediation
    assert remediation is not None
    live = readings()
    return [live[read] for read in remediation.reads]


@pytest.fixture
def poor(bucket: Any) -> Callable[[], None]:
    """Give the bucket settings that fail, and that an undo must bring back."""
    bucket.obey()

    def spoil() -> None:
        s3 = bucket.s3
        s3.put_bucket_logging(Bucket=bucket.name, BucketLoggingStatus={})
        s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"})
        bucket.encrypt({"SSEAlgorithm": "AES256"})

    return spoil


@pytest.mark.parametrize("name", [name for name in MINE if name != "default_encryption"])
def test_a_remedy_makes_its_control_pass_and_undone_leaves_what_was(name: str, poor: Callable[[], None]) -> None:
    poor()
    before = state(name)
    assert verdict(name) == "fail"
    remedy = proposed(name)
    carry_out(remedy.apply)
    assert verdict(name) == "pass"
    carry_out(remedy.undo)
    assert state(name) == before


def test_what_was_never_set_is_not_set_again(aws: None) -> None:
    s3 = boto3.client("s3", REGION)
    for name in ("training-data", "training-data-logs"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name in ("default_encryption", "kms_encryption", "lifecycle"):
        before, remedy = state(name), proposed(name)
        carry_out(remedy.apply)
        assert verdict(name) == "pass"
        carry_out(remedy.undo)
        assert state(name) == before == [{}]


def test_versioning_that_was_never_set_can_only_be_suspended_and_the_remedy_says_so(aws: None) -> None:
    boto3.client("s3", REGION).create_bucket(
        Bucket="training-data", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    remedy = proposed("versioning_enabled")
    carry_out((*remedy.apply, *remedy.undo))
    assert state("versioning_enabled") == [{"Status": "Suspended"}]
    assert "can only suspend it again" in remedy.does
