from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.stub import Stubber

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account, Live
from holdfast.compliance.contract import Finding
from holdfast.compliance.facts import Fact, GoneError, Read, Unread
from holdfast.compliance.logic import judge
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, ACL, BLOCK, ENCRYPTION, LIFECYCLE, LOCATION, POLICY, TAGS
from holdfast.compliance.reads.s3_others import DESTINATIONS, LOG_TARGET
from holdfast.compliance.reads.trails import TRAILS
from holdfast.compliance.rulebook import Everything
from holdfast.shared import clients
from holdfast.shared.errors import GovernanceError, TransientError

ACCOUNT, REGION = "123456789012", "eu-west-1"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KINDS = catalogue.every_kind()
STANDARD = {control.id for control in catalogue.controls_of("s3_bucket") if not control.optional}
BUCKET_READS = sorted(
    {
        read
        for control in catalogue.controls_of("s3_bucket")
        for read in control.reads
        if len(read.calls) == 1 and read.calls[0].level == "bucket"
    },
    key=lambda read: read.id,
)
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def readings(name: str = "training-data", kind: str = "s3_bucket", **given: Any) -> Live:
    account = Account(ACCOUNT, REGION, is_patient=given.pop("is_patient", False))
    return account.readings(account.resource(KINDS[kind], name), KINDS[kind], now=NOW, **given)


def findings(name: str = "training-data", kind: str = "s3_bucket") -> dict[str, Finding]:
    account = Account(ACCOUNT, REGION)
    resource = account.resource(KINDS[kind], name)
    found = judge(resource, account.readings(resource, KINDS[kind], now=NOW), Everything(), now=NOW)
    return {finding.control: finding for finding in found}


def failing(name: str = "training-data") -> set[str]:
    """Name the controls that everyone has which the bucket does not pass."""
    return {control for control, one in findings(name).items() if one.verdict != "pass" and control in STANDARD}


def listed(kind: str) -> list[str]:
    return list(Account(ACCOUNT, REGION).names(KINDS[kind], now=NOW))


def test_a_new_bucket_with_amazons_defaults_is_closed_but_not_in_order(bucket: Any) -> None:
    assert failing() == {"access_logging", "audit_target", "lifecycle", "tls_only"}
    assert findings()["audit_target"].verdict == "not_applicable"


def test_a_bucket_in_order_passes_every_control_that_everyone_has(bucket: Any) -> None:
    bucket.obey()
    assert failing() == set()


def test_a_bucket_made_public_fails_and_the_accounts_block_closes_it(bucket: Any) -> None:
    bucket.obey().open()
    opened = failing()
    assert "public_access_block" in opened
    assert any("FSBP S3.2" in findings()[control].references for control in opened)
    boto3.client("s3control", REGION).put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=ALL_ON)
    assert failing() == {"public_access_block"}


def test_a_bucket_older_than_the_defaults_has_its_acls_in_use(aws: None) -> None:
    boto3.client("s3", REGION).create_bucket(
        Bucket="old", ACL="public-read", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    found = findings("old")
    assert found["public_access_block"].reason == "the bucket has no public access block"
    assert found["acls_disabled"].verdict == "fail"
    assert found["default_encryption"].verdict == "fail"


@pytest.mark.parametrize("read", [BLOCK, POLICY, LIFECYCLE, ENCRYPTION, TAGS, ACCOUNT_BLOCK], ids=lambda read: read.id)
def test_a_setting_never_made_is_an_empty_fact(read: Read, aws: None) -> None:
    boto3.client("s3", REGION).create_bucket(Bucket="old", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert readings("old")[read] == {}


@contextmanager
def watched(*services: str) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Note each call of these services and what it is asked with."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, dict(params)))

    for service in services:
        clients.client(service).meta.events.register("provide-client-params.*", note)
    yield asked


def test_a_fact_is_read_once_as_the_owner_and_only_if_it_is_asked_for(bucket: Any) -> None:
    with watched("s3", "s3control") as asked:
        live = readings()
        assert asked == []
        for _ in range(2):
            assert not isinstance(live[ENCRYPTION], Unread)
    assert asked == [("GetBucketEncryption", {"Bucket": "training-data", "ExpectedBucketOwner": ACCOUNT})]


def test_no_call_is_made_twice_however_many_controls_there_are(bucket: Any) -> None:
    bucket.obey()
    with watched("s3", "s3control") as asked:
        findings()
    repeated = [call for call in asked if asked.count(call) > 1]
    assert repeated == []


def test_what_is_the_same_for_all_is_asked_once_a_run(bucket: Any) -> None:
    bucket.obey()
    bucket.s3.create_bucket(Bucket="more", CreateBucketConfiguration={"LocationConstraint": REGION})
    to_logs = {"LoggingEnabled": {"TargetBucket": "training-data-logs", "TargetPrefix": "b/"}}
    bucket.s3.put_bucket_logging(Bucket="more", BucketLoggingStatus=to_logs)
    shared: dict[Any, Any] = {}
    with watched("s3", "s3control") as asked:
        for name in ("training-data", "more"):
            live = readings(name, shared=shared)
            assert live[ACCOUNT_BLOCK] == {}
            assert not isinstance(live[LOG_TARGET], Unread)
    of_target = [name for name, params in asked if params.get("Bucket") == "training-data-logs"]
    assert len(of_target) == len(set(of_target)) == 7
    assert [name for name, _ in asked].count("GetPublicAccessBlock") == 2


def test_a_resource_that_is_gone_has_no_facts(aws: None) -> None:
    with pytest.raises(GoneError, match="bucket never-was is gone"):
        readings("never-was")[POLICY]
    with pytest.raises(GoneError, match="access point never-was is gone"):
        findings("never-was", "s3_access_point")
    with pytest.raises(GoneError, match="Multi-Region Access Point never-was is gone"):
        findings("never-was", "s3_multi_region_access_point")


def answering(read: Read, code: str, status: int, *, is_patient: bool = True) -> Fact | Unread:
    """Read one fact from an S3 that answers with an error."""
    [call] = read.calls
    with Stubber(clients.client(call.service)) as stub:
        stub.add_client_error(call.operation, code, http_status_code=status)
        return readings(is_patient=is_patient)[read]


@pytest.mark.parametrize("read", BUCKET_READS, ids=lambda read: read.id)
def test_a_denied_read_is_unread_and_names_the_permission(read: Read, aws: None) -> None:
    fact = answering(read, "AccessDenied", 403)
    assert isinstance(fact, Unread)
    assert f"{read.calls[0].permission} is denied" in fact.reason


RETRIED = [("SlowDown", 503), ("Throttling", 400), ("InternalError", 500), ("odd", 502)]


@pytest.mark.parametrize(("code", "status"), RETRIED)
def test_what_only_needs_patience_is_retried_by_a_judge(code: str, status: int, aws: None) -> None:
    with pytest.raises(TransientError) as raised:
        answering(POLICY, code, status)
    assert isinstance(raised.value.__cause__, ClientError)


@pytest.mark.parametrize(("code", "status"), RETRIED)
def test_a_command_has_nobody_to_try_again_and_calls_it_unread(code: str, status: int, aws: None) -> None:
    fact = answering(POLICY, code, status, is_patient=False)
    assert isinstance(fact, Unread)
    assert f"answered {code}: try again later" in fact.reason


def test_an_answer_nobody_foresaw_is_unread_with_its_code(aws: None) -> None:
    fact = answering(POLICY, "MethodNotAllowed", 405)
    assert isinstance(fact, Unread)
    assert fact.reason == "could not be read: get_bucket_policy (s3:GetBucketPolicy) answered MethodNotAllowed"


def test_a_code_is_compared_whole(aws: None) -> None:
    assert isinstance(answering(POLICY, "NoSuch", 404), Unread)


@pytest.mark.parametrize("is_patient", [True, False])
def test_a_line_that_is_cut_off_is_tried_again_or_unread(
    is_patient: bool, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(**_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url="https://s3")

    monkeypatch.setattr(clients.client("s3"), "get_bucket_acl", cut_off)
    live = readings(is_patient=is_patient)
    if is_patient:
        with pytest.raises(TransientError, match="get_bucket_acl"):
            live[ACL]
    else:
        assert isinstance(live[ACL], Unread)


def test_one_denied_read_leaves_the_others_known(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.obey()

    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetBucketPolicy")

    monkeypatch.setattr(clients.client("s3"), "get_bucket_policy", denied)
    found = findings()
    assert found["tls_only"].verdict == "unknown"
    assert found["lifecycle"].verdict == "pass"


def test_every_bucket_is_listed_in_whatever_region_it_is(aws: None) -> None:
    boto3.client("s3", REGION).create_bucket(Bucket="near", CreateBucketConfiguration={"LocationConstraint": REGION})
    boto3.client("s3", "us-east-1").create_bucket(Bucket="far")
    assert sorted(listed("s3_bucket")) == ["far", "near"]


def test_buckets_are_listed_page_by_page_in_pages_as_large_as_s3_makes_them(aws: None) -> None:
    with Stubber(clients.client("s3")) as stub:
        first = {"Buckets": [{"Name": "one"}], "ContinuationToken": "next"}
        stub.add_response("list_buckets", first, {"MaxBuckets": 10_000})
        asked = {"MaxBuckets": 10_000, "ContinuationToken": "next"}
        stub.add_response("list_buckets", {"Buckets": [{"Name": "two"}]}, asked)
        assert listed("s3_bucket") == ["one", "two"]


def test_only_directory_buckets_are_listed_as_such(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("s3", REGION).create_bucket(Bucket="plain", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert listed("s3_directory_bucket") == []
    with Stubber(clients.client("s3")) as stub:
        stub.add_response("list_directory_buckets", {"Buckets": [{"Name": "fast--euw1-az1--x-s3"}]})
        assert listed("s3_directory_bucket") == ["fast--euw1-az1--x-s3"]


def test_access_points_are_listed_page_by_page_and_judged(bucket: Any) -> None:
    control = boto3.client("s3control", REGION)
    control.create_access_point(AccountId=ACCOUNT, Name="closed", Bucket=bucket.name)
    control.create_access_point(
        AccountId=ACCOUNT,
        Name="open",
        Bucket=bucket.name,
        PublicAccessBlockConfiguration={**ALL_ON, "RestrictPublicBuckets": False},
    )
    assert listed("s3_access_point") == ["closed", "open"]
    assert findings("closed", "s3_access_point")["access_point_block"].verdict == "pass"
    assert findings("open", "s3_access_point")["access_point_block"].verdict == "fail"
    page = {"NetworkOrigin": "Internet", "Bucket": bucket.name}
    with Stubber(clients.client("s3control")) as stub:
        first = {"AccessPointList": [{"Name": "one", **page}], "NextToken": "next"}
        stub.add_response("list_access_points", first, {"AccountId": ACCOUNT})
        second = {"AccessPointList": [{"Name": "two", **page}]}
        stub.add_response("list_access_points", second, {"AccountId": ACCOUNT, "NextToken": "next"})
        assert listed("s3_access_point") == ["one", "two"]


def test_multi_region_access_points_are_asked_for_where_they_live(bucket: Any) -> None:
    control = boto3.client("s3control", "us-west-2")
    for name, block in (("closed", ALL_ON), ("open", {**ALL_ON, "BlockPublicAcls": False})):
        details = {"Name": name, "Regions": [{"Bucket": bucket.name}], "PublicAccessBlock": block}
        control.create_multi_region_access_point(AccountId=ACCOUNT, ClientToken=name, Details=details)
    asked_in: list[str] = []
    monitored = clients.client("s3control", "us-west-2")
    monitored.meta.events.register("before-send.*", lambda request, **_: asked_in.append(request.url))
    kind = "s3_multi_region_access_point"
    assert listed(kind) == ["closed", "open"]
    assert findings("closed", kind)["multi_region_access_point_block"].verdict == "pass"
    assert findings("open", kind)["multi_region_access_point_block"].verdict == "fail"
    assert asked_in
    assert all("us-west-2" in url for url in asked_in)


def replicate(bucket: Any, *names: str) -> None:
    rules = [
        {"ID": name, "Priority": place, "Status": "Enabled", "Filter": {"Prefix": ""},
         "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{name}"}}
        for place, name in enumerate(names, 1)
    ]  # fmt: skip
    bucket.s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    bucket.s3.put_bucket_replication(
        Bucket=bucket.name, ReplicationConfiguration={"Role": f"arn:aws:iam::{ACCOUNT}:role/copy", "Rules": rules}
    )


@pytest.fixture
def copies(bucket: Any) -> Callable[..., str]:
    """Replicate the bucket to some others and give the verdict."""
    for name, region in (("near", REGION), ("far", "eu-central-1")):
        boto3.client("s3", region).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})

    def judged(*names: str) -> str:
        replicate(bucket, *names)
        return findings()["cross_region_replication"].verdict

    return judged


@pytest.mark.parametrize(
    ("names", "verdict"),
    [(("far",), "pass"), (("near",), "fail"), (("near", "far"), "pass"), (("never-was",), "fail")],
)
def test_where_copies_go_is_looked_up(names: tuple[str, ...], verdict: str, copies: Callable[..., str]) -> None:
    assert copies(*names) == verdict


def test_a_missing_copy_does_not_make_the_bucket_itself_gone(copies: Callable[..., str]) -> None:
    copies("never-was")
    assert readings()[DESTINATIONS] == {
        "Home": {"LocationConstraint": REGION},
        "Locations": {"never-was": {}},
    }
    assert readings()[LOCATION] == {"LocationConstraint": REGION}


def test_a_missing_log_target_is_a_finding_and_no_missing_bucket(bucket: Any) -> None:
    bucket.obey()
    lost = boto3.resource("s3", REGION).Bucket("training-data-logs")
    lost.objects.delete()
    lost.delete()
    found = findings()["audit_target"]
    assert (found.verdict, found.reason) == ("fail", "the log target training-data-logs does not exist")


def test_trails_are_asked_for_where_they_are_at_home(aws: None) -> None:
    boto3.client("s3", "us-east-1").create_bucket(Bucket="trail-logs")
    trail = boto3.client("cloudtrail", "us-east-1")
    trail.create_trail(Name="audit", S3BucketName="trail-logs", IsMultiRegionTrail=True)
    trail.start_logging(Name="audit")
    objects = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
    trail.put_event_selectors(
        TrailName="audit", EventSelectors=[{"ReadWriteType": "WriteOnly", "DataResources": [objects]}]
    )
    found = findings(ACCOUNT, "aws_account")
    assert found["object_write_events"].verdict == "pass"
    assert found["object_read_events"].verdict == "fail"
    assert found["object_write_events_selected"].verdict == "pass"


def test_a_trail_that_may_not_be_looked_at_is_unknown(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with Stubber(clients.client("cloudtrail")) as stub:
        stub.add_client_error("list_trails", "AccessDeniedException", http_status_code=400)
        fact = readings(ACCOUNT, "aws_account")[TRAILS]
    assert isinstance(fact, Unread)
    assert "cloudtrail:ListTrails is denied" in fact.reason


def test_what_cannot_be_listed_is_said_loudly(aws: None) -> None:
    with Stubber(clients.client("s3")) as stub:
        stub.add_client_error("list_buckets", "AccessDenied", http_status_code=403)
        with pytest.raises(GovernanceError, match=r"listing every bucket: .*s3:ListAllMyBuckets is denied"):
            listed("s3_bucket")
