"""What a stage may say of itself, and that several fit in one account."""

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from infra.app import region_of
from infra.settings import STAGES, ExistingTable, Stage
from tests.conftest import ACCOUNT, REGION
from tests.infrastructure.conftest import Built, manifest
from tests.infrastructure.house import House

TABLE = ExistingTable(
    name="old-ledger",
    stream_arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/old-ledger/stream/2026-01-01T00:00:00.000",
    key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/99999999-2222-3333-4444-555555555555",
)
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pager"
STAGE = Stage(
    name="strict",
    account=ACCOUNT,
    region=REGION,
    qualifier="ours",
    permissions_boundary=BOUNDARY,
    role_path="/ml/holdfast/",
    role_prefix="ml-",
    tags={"cost-centre": "42"},
    alarm_topic=TOPIC,
    log_retention_days=14,
    removal_policy="destroy",
    ledger_table=TABLE,
)
PHYSICAL = (
    "AlarmName",
    "BucketName",
    "DashboardName",
    "FunctionName",
    "LayerName",
    "LogGroupName",
    "ManagedPolicyName",
    "QueueName",
    "RoleName",
    "TableName",
    "TopicName",
)


@pytest.fixture(scope="module")
def strict(built: Built) -> House:
    """A stage that says everything a stage can say."""
    return built(None, STAGE)


def test_no_resource_has_a_physical_name(house: House) -> None:
    named = {
        path: name for path, one in house.resources.items() for name in PHYSICAL if name in one.get("Properties", {})
    }
    named = {path: name for path, name in named.items() if not path.endswith("/Mapping")}
    assert named == {}
    assert not [path for path, rule in house.of("AWS::Events::Rule").items() if "Name" in rule["Properties"]]


def test_names_that_must_be_given_are_made_of_the_stage(house: House, strict: House) -> None:
    buses = [next(iter(one.of("AWS::Events::EventBus").values()))["Properties"]["Name"] for one in (house, strict)]
    assert buses[0] != buses[1]
    assert "test" in buses[0]
    assert "strict" in buses[1]
    exports = [{output["Export"]["Name"] for output in one.stateful["Outputs"].values()} for one in (house, strict)]
    assert exports[0].isdisjoint(exports[1])
    assert set(house.synthesis.templates).isdisjoint(strict.synthesis.templates)


def test_every_role_keeps_to_the_boundary_the_path_and_the_prefix(strict: House) -> None:
    roles = [role["Properties"] for role in strict.of("AWS::IAM::Role").values()]
    assert len(roles) == len(strict.functions)
    assert {role["PermissionsBoundary"] for role in roles} == {BOUNDARY}
    assert {role["Path"] for role in roles} == {"/ml/holdfast/"}
    names = [role["RoleName"] for role in roles]
    assert len(set(names)) == len(names)
    assert all(name.startswith("ml-") and "strict" in name and len(name) <= 64 for name in names)


def test_an_existing_table_is_adopted_not_made(strict: House) -> None:
    assert strict.of("AWS::DynamoDB::Table") == {}
    assert (
        strict.functions["BatchJudge"]["Properties"]["Environment"]["Variables"]["HOLDFAST_LEDGER_TABLE"]
        == "old-ledger"
    )
    assert strict.resources["Ledger/LedgerPublisher/Mapping"]["Properties"]["EventSourceArn"] == TABLE.stream_arn
    assert any(one["Resource"] == TABLE.key_arn for one in strict.statements("Trainer"))
    reads = [one for one in strict.statements("Trainer") if "dynamodb:GetItem" in one["Action"]]
    assert [one["Resource"] for one in reads] == [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/old-ledger"]


def test_alarms_ring_where_the_stage_says(strict: House) -> None:
    assert {json.dumps(one["Properties"]["AlarmActions"]) for one in strict.of("AWS::CloudWatch::Alarm").values()} == {
        json.dumps([TOPIC])
    }


def test_a_stage_to_be_destroyed_keeps_nothing_back(strict: House) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::SNS::Topic")
    assert {one.get("DeletionPolicy", "Delete") for kind in kinds for one in strict.of(kind).values()} == {"Delete"}
    assert {one["Properties"]["RetentionInDays"] for one in strict.of("AWS::Logs::LogGroup").values()} == {14}


def test_tags_are_on_what_can_be_tagged(strict: House) -> None:
    for kind in ("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::KMS::Key"):
        assert all(
            {"Key": "cost-centre", "Value": "42"} in one["Properties"]["Tags"] for one in strict.of(kind).values()
        )


def test_assets_go_where_the_stage_was_bootstrapped(strict: House) -> None:
    assert strict.functions["Trainer"]["Properties"]["Code"]["S3Bucket"] == f"cdk-ours-assets-{ACCOUNT}-{REGION}"


def test_the_stages_that_ship_can_be_read() -> None:
    assert Stage.load("dev").removal_policy == "destroy"
    assert Stage.load("prod").removal_policy == "retain"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dev:\n  retention: 3\n", "stages.yaml:1: stage dev: retention"),
        ("dev:\n  log_retention_days: 31\n", "log_retention_days: value error, cloudwatch keeps logs for one of"),
        ("dev:\n  account: 12345\n", "account"),
        ("prod: {}\n", "no stage 'dev', expected one of prod"),
        ("dev: {}\ndev: {}\n", "said twice"),
        ("- dev\n", "no stage 'dev'"),
    ],
)
def test_a_stage_that_cannot_be_obeyed_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "stages.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        Stage.load("dev", path)


def test_a_stage_governs_one_region() -> None:
    bucket: dict[str, Any] = {"name": "elsewhere", "region": "us-east-1"}
    far = manifest(buckets=[*(one.model_dump(exclude_none=True) for one in manifest().buckets), bucket])
    with pytest.raises(ConfigurationError, match="the manifest has buckets in us-east-1: a stage governs one region"):
        region_of(far, Stage(name="dev", region=REGION))
    assert region_of(manifest(), Stage(name="dev")) == REGION


def test_every_key_of_a_stage_is_said_in_the_guide() -> None:
    guide = (STAGES.parents[1] / "docs" / "deploy.md").read_text()
    assert [name for name in Stage.model_fields if f"`{name}`" not in guide] == []
