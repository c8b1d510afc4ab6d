"""Who gets into buckets, as moto's S3 tells it and as other tools' own examples have it."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.contract import Finding
from holdfast.compliance.facts import Facts
from holdfast.compliance.logic import judge
from holdfast.compliance.remedy import Remedy, Step
from holdfast.compliance.rulebook import Everything
from tests.integration.compliance.conftest import ACCOUNT, REGION, SETTINGS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME = "bucket_test_us"
GROUP = "http://acs.amazonaws.com/groups/global/"
OFF, ON = dict.fromkeys(SETTINGS, False), dict.fromkeys(SETTINGS, True)


class World:
    """One account with one bucket as it was before 2023: no block, and ACLs in use."""

    def __init__(self) -> None:
        self.s3: Any = boto3.client("s3", "us-east-1")
        self.s3.create_bucket(Bucket=NAME)

    def policy(self, **statement: Any) -> None:
        """Put a policy of one statement."""
        whole = {"Effect": "Allow", "Resource": f"arn:aws:s3:::{NAME}/*", **statement}
        self.s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [whole]}))

    def acl(self, group: str, permission: str) -> None:
        """Grant something to a public group."""
        grant = {"Grantee": {"URI": f"{GROUP}{group}", "Type": "Group"}, "Permission": permission}
        owner = self.s3.get_bucket_acl(Bucket=NAME)["Owner"]
        self.s3.put_bucket_acl(Bucket=NAME, AccessControlPolicy={"Grants": [grant], "Owner": owner})

    def block(self, **settings: bool) -> None:
        """Set the bucket's own block."""
        self.s3.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration={**OFF, **settings})

    def account(self, **settings: bool) -> None:
        """Set the account's block."""
        block = {**OFF, **settings}
        boto3.client("s3control", REGION).put_public_access_block(
            AccountId=ACCOUNT, PublicAccessBlockConfiguration=block  # type: ignore[arg-type]
        )  # fmt: skip

    def found(self, kind: str = "s3_bucket", name: str = NAME, **given: Any) -> dict[str, Finding]:
        """Give the findings by every id that they answer."""
        account, known = Account(ACCOUNT, REGION), catalogue.every_kind()[kind]
        resource = account.resource(known, name)
        findings = judge(resource, account.readings(resource, known, now=NOW), Everything(given), now=NOW)
        return {reference: finding for finding in findings for reference in finding.references}

    def __getitem__(self, reference: str) -> str:
        return self.found()[reference].verdict


@pytest.fixture
def world(aws: None) -> World:
    """Give an account with one old bucket."""
    return World()


@pytest.mark.parametrize(
    ("group", "permission", "failing"),
    [
        ("AllUsers", "READ", {"FSBP S3.2", "Prowler s3_bucket_public_list_acl", "Prowler s3_bucket_public_access"}),
        ("AuthenticatedUsers", "READ_ACP", {"FSBP S3.2", "Prowler s3_bucket_public_list_acl"}),
        ("AllUsers", "WRITE", {"FSBP S3.3", "Prowler s3_bucket_public_write_acl", "Prowler s3_bucket_public_access"}),
        ("AuthenticatedUsers", "WRITE_ACP", {"FSBP S3.3", "Prowler s3_bucket_public_write_acl"}),
        ("AllUsers", "FULL_CONTROL", {"FSBP S3.2", "FSBP S3.3", "Prowler s3_bucket_public_write_acl"}),
    ],
)
def test_an_acl_fails_what_it_lets_do(world: World, group: str, permission: str, failing: set[str]) -> None:
    world.acl(group, permission)
    assert {world[reference] for reference in failing} == {"fail"}
    world.account(IgnorePublicAcls=True)
    assert {world[reference] for reference in failing} == {"pass"}


def test_a_bucket_level_block_counts_for_prowler_and_for_config(world: World) -> None:
    prowler, config = "Prowler s3_bucket_level_public_access_block", "Config s3-bucket-level-public-access-prohibited"
    assert (world[prowler], world[config]) == ("fail", "fail")
    world.account(**ON)
    assert (world[prowler], world[config]) == ("pass", "fail")
    world.block(**ON)
    assert (world[prowler], world[config]) == ("pass", "pass")


def test_the_accounts_own_block_is_judged_once(world: World) -> None:
    def verdict() -> str:
        return world.found("aws_account", ACCOUNT)["FSBP S3.1"].verdict

    assert verdict() == "fail"
    world.account(**{**ON, "BlockPublicAcls": False})
    assert verdict() == "fail"
    world.account(**ON)
    assert verdict() == "pass"


def test_a_policy_on_every_bucket_counts(world: World) -> None:
    world.policy(Principal={"AWS": "*"}, Action="s3:DeleteBucketPolicy", Resource="arn:aws:s3:::*")
    assert world["Prowler s3_bucket_cross_account_access"] == world["FSBP S3.6"] == world["FSBP S3.3"] == "fail"
    world.policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="s3:DeleteBucketPolicy", Resource="*")
    assert world["Prowler s3_bucket_cross_account_access"] == world["FSBP S3.6"] == world["FSBP S3.3"] == "pass"


def test_parameters_are_found_by_any_name_of_a_control(world: World) -> None:
    world.policy(Principal={"AWS": "arn:aws:iam::234567890123:root"}, Action="s3:GetObject")
    reference = "Prowler s3_bucket_cross_account_access"
    assert world[reference] == "fail"
    trusted = {"trusted_accounts": ["234567890123"]}
    for name in (reference, "s3_bucket_cross_account_access", "cross_account_access"):
        assert world.found(**{name: trusted})[reference].verdict == "pass"


def test_a_public_object_is_found_while_acls_count(world: World) -> None:
    reference = "Prowler s3_bucket_object_public"
    assert world[reference] == "pass"
    world.s3.put_object(Bucket=NAME, Key="private.txt", Body=b"x")
    assert world[reference] == "pass"
    world.s3.put_object(Bucket=NAME, Key="public.txt", Body=b"x", ACL="authenticated-read")
    assert world[reference] == "fail"
    world.s3.put_bucket_ownership_controls(
        Bucket=NAME, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    assert world[reference] == "pass"


def taken_by_another_account(name: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MOTO_ACCOUNT_ID", "999988887777")
        boto3.client("s3", "us-east-1").create_bucket(Bucket=name)


@pytest.mark.parametrize("shown", ["true", "false"])
def test_a_stranger_who_took_a_services_name_is_found_whether_he_shows_it_or_not(
    world: World, monkeypatch: pytest.MonkeyPatch, shown: str
) -> None:
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", shown)
    reference, taken = "Prowler s3_bucket_shadow_resource_vulnerability", f"sagemaker-us-east-1-{ACCOUNT}"
    assert world.found("aws_account", ACCOUNT)[reference].verdict == "pass"
    taken_by_another_account(taken)
    finding = world.found("aws_account", ACCOUNT)[reference]
    assert finding.verdict == "fail"
    assert taken in finding.reason
    assert world.found(name=taken)[reference].verdict == "fail"


def test_ones_own_bucket_under_such_a_name_is_in_order(world: World) -> None:
    reference, own = "Prowler s3_bucket_shadow_resource_vulnerability", f"sagemaker-us-east-1-{ACCOUNT}"
    world.s3.create_bucket(Bucket=own)
    assert world.found("aws_account", ACCOUNT)[reference].verdict == "pass"
    assert world.found(name=own)[reference].verdict == world[reference] == "pass"


@pytest.mark.parametrize(
    ("control", "setting", "absent"),
    [
        ("public_access_block", "get_public_access_block", "NoSuchPublicAccessBlockConfiguration"),
        ("tls_only", "get_bucket_policy", "NoSuchBucketPolicy"),
        ("acls_disabled", "get_bucket_ownership_controls", "OwnershipControlsNotFoundError"),
    ],
)
@pytest.mark.parametrize("is_set", [False, True])
def test_a_remedy_makes_the_bucket_comply_and_undone_leaves_no_trace(
    world: World, control: str, setting: str, absent: str, is_set: bool
) -> None:
    def state() -> Any:
        try:
            return {key: value for key, value in getattr(world.s3, setting)(Bucket=NAME).items() if key[0] != "R"}
        except ClientError as error:
            return error.response["Error"]["Code"]

    def make(steps: tuple[Step, ...]) -> None:
        for step in steps:
            assert step.permission in remediation.permissions
            getattr(world.s3, step.operation)(Bucket=NAME, **json.loads(json.dumps(dict(step.arguments))))

    if is_set:
        world.policy(Principal={"AWS": ACCOUNT}, Action="s3:GetObject")
        world.block(IgnorePublicAcls=True)
        ownership: Any = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        world.s3.put_bucket_ownership_controls(Bucket=NAME, OwnershipControls=ownership)
    known = catalogue.every_control()[control]
    remediation = known.remediation
    assert remediation is not None
    before = state()
    assert (before == absent) is not is_set
    account, kind = Account(ACCOUNT, REGION), catalogue.every_kind()["s3_bucket"]
    resource = account.resource(kind, NAME)
    told = Everything().parameters(known, resource)
    remedy = remediation.propose(Facts(resource, account.readings(resource, kind, now=NOW), now=NOW, parameters=told))
    assert isinstance(remedy, Remedy)
    [reference] = [name for name in known.references if name.startswith("FSBP")]
    assert world[reference] == "fail"
    make(remedy.apply)
    assert world[reference] == "pass"
    make(remedy.undo)
    assert state() == before
