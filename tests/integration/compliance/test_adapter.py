from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from holdfast.compliance import controls
from holdfast.compliance.adapter import BucketAdapter
from holdfast.compliance.control import Control, Fact, Readings, Unread
from holdfast.compliance.logic import judge
from holdfast.shared.catalogue import discover
from holdfast.shared.errors import TransientError

ACCOUNT, REGION = "123456789012", "eu-west-1"
CATALOGUE = tuple(discover(controls, Control).values())
READS = {read.fact: read for control in CATALOGUE for read in control.reads}


def adapter() -> BucketAdapter:
    return BucketAdapter(boto3.client("s3", REGION), boto3.client("s3control", REGION), ACCOUNT)


def read(name: str = "training-data") -> Readings:
    found = adapter().readings(name, CATALOGUE)
    assert found is not None
    return found


def verdicts(name: str = "training-data") -> dict[str, str]:
    return {finding.control: finding.verdict for finding in judge(read(name), CATALOGUE)}


def test_a_new_bucket_with_amazons_defaults_is_closed_but_not_in_order(bucket: Any) -> None:
    assert verdicts() == {
        "access_logging": "fail",
        "acls_disabled": "pass",
        "kms_encryption": "fail",
        "lifecycle": "fail",
        "public_access_block": "pass",
        "public_policy": "pass",
        "tls_only": "fail",
        "versioning_enabled": "fail",
    }


def test_a_bucket_in_order_passes_every_control(bucket: Any) -> None:
    bucket.obey()
    assert set(verdicts().values()) == {"pass"}


def test_a_bucket_made_public_fails_and_the_accounts_block_closes_it(bucket: Any) -> None:
    bucket.obey().open()
    assert {name for name, verdict in verdicts().items() if verdict == "fail"} == {
        "public_access_block",
        "public_policy",
    }
    boto3.client("s3control", REGION).put_public_access_block(
        AccountId=ACCOUNT,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    assert {name for name, verdict in verdicts().items() if verdict == "fail"} == {"public_access_block"}


def test_a_bucket_older_than_the_defaults_has_its_acls_in_use(aws: None) -> None:
    boto3.client("s3", REGION).create_bucket(
        Bucket="old", ACL="public-read", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    found = {finding.control: finding for finding in judge(read("old"), CATALOGUE)}
    assert found["public_access_block"].reason == "the bucket has no public access block"
    assert found["public_policy"].reason == "the ACL grants everyone READ"
    assert found["acls_disabled"].verdict == "fail"


def test_a_setting_never_made_is_an_empty_fact(aws: None) -> None:
    boto3.client("s3", REGION).create_bucket(Bucket="old", CreateBucketConfiguration={"LocationConstraint": REGION})
    found = read("old")
    for name in ("get_public_access_block", "get_bucket_policy", "get_bucket_lifecycle_configuration"):
        assert found[name] == {}


def test_each_fact_is_read_once_and_as_the_owner(bucket: Any) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    s3, s3control = boto3.client("s3", REGION), boto3.client("s3control", REGION)
    for client in (s3, s3control):
        client.meta.events.register(
            "provide-client-params.*", lambda params, model, **_: asked.append((model.name, dict(params)))
        )
    BucketAdapter(s3, s3control, ACCOUNT).readings("training-data", CATALOGUE)
    assert len(asked) == len(READS)
    assert all(
        params == {"Bucket": "training-data", "ExpectedBucketOwner": ACCOUNT} or params == {"AccountId": ACCOUNT}
        for _, params in asked
    )


def test_a_bucket_that_is_gone_has_no_readings(aws: None) -> None:
    assert adapter().readings("never-was", CATALOGUE) is None


def answering(operation: str, code: str, status: int) -> Fact | Unread | None:
    """Read one fact from an S3 that answers with an error."""
    s3, s3control = boto3.client("s3", REGION), boto3.client("s3control", REGION)
    read_ = next(read for read in READS.values() if read.operation == operation and read.level == "bucket")
    one = Control("one", "holds", "low", (), (), (read_,), lambda _: None)
    with Stubber(s3) as stub:
        stub.add_client_error(operation, code, http_status_code=status)
        found = BucketAdapter(s3, s3control, ACCOUNT).readings("training-data", [one])
    return None if found is None else found[read_.fact]


@pytest.mark.parametrize("operation", [read.operation for read in READS.values() if read.level == "bucket"])
def test_a_denied_read_is_unread_and_names_the_permission(operation: str) -> None:
    fact = answering(operation, "AccessDenied", 403)
    assert isinstance(fact, Unread)
    assert any(read.permission in fact.reason for read in READS.values() if read.operation == operation)


@pytest.mark.parametrize(
    ("code", "status"), [("SlowDown", 503), ("Throttling", 400), ("InternalError", 500), ("odd", 502)]
)
def test_what_only_needs_patience_is_retried(code: str, status: int) -> None:
    with pytest.raises(TransientError) as raised:
        answering("get_bucket_policy", code, status)
    assert isinstance(raised.value.__cause__, ClientError)


def test_an_answer_nobody_foresaw_is_unread_with_its_code() -> None:
    fact = answering("get_bucket_policy", "MethodNotAllowed", 405)
    assert isinstance(fact, Unread)
    assert fact.reason == "could not be read: get_bucket_policy (s3:GetBucketPolicy) answered MethodNotAllowed"


def test_a_code_is_compared_whole() -> None:
    assert isinstance(answering("get_bucket_policy", "NoSuch", 404), Unread)
