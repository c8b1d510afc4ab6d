"""2,000 buckets and 300 models, of ordinary names and of the longest: every limit of AWS holds."""

import json
from typing import Any

import pytest

from holdfast.manifest import Manifest
from infra.settings import Stage
from tests.conftest import ACCOUNT, REGION
from tests.infrastructure.conftest import Built
from tests.infrastructure.house import House, deployed, listed, size
from tests.infrastructure.test_rules import created, reached

BUCKETS, MODELS = 2000, 300
ORDINARY, LONGEST = "ordinary", "longest"
STAGE = Stage(name="production", account=ACCOUNT, permissions_boundary=f"arn:aws:iam::{ACCOUNT}:policy/boundary")


def bucket_name(number: int, kind: str) -> str:
    """Name a bucket, with 34 characters or all 63."""
    return f"ml-data-{number:05d}-".ljust(63 if kind == LONGEST else 34, "x")


def prefix_of(number: int, kind: str) -> str:
    """Name a prefix, with 38 characters or all 900."""
    start = f"team-{number % 20:02d}/model-{number:03d}/batches"
    return (start.ljust(899, "p") if kind == LONGEST else start) + "/"


def many(kind: str) -> Manifest:
    """Give each of 300 models a bucket of its own among 2,000, a key, a reference and a way to be trained."""
    buckets = [
        {
            "name": bucket_name(number, kind),
            "region": REGION,
            "events": "notification" if number % 10 == 0 else "eventbridge",
            "kms_key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{number:08d}-0000-0000-0000-000000000000",
        }
        for number in range(BUCKETS)
    ]
    return Manifest.model_validate(
        {"buckets": buckets, "models": {f"model-{number:03d}": model(number, kind) for number in range(MODELS)}}
    )


def model(number: int, kind: str) -> dict[str, Any]:
    """Describe one model that uses all that the manifest knows."""
    bucket, long = bucket_name(number * 6, kind), kind == LONGEST
    job = {
        "image": "image",
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/train-{number:03d}",
        "instance_type": "ml.m5.large",
        "output": f"s3://{bucket}/o/",
    }
    pipeline = f"Training-{number:03d}".ljust(256 if long else 20, "q")
    return {
        "owner": "team",
        "batches": {"bucket": bucket, "prefix": prefix_of(number, kind), "silent_after_hours": 48},
        "reference": f"s3://{bucket}/reference/{'r' * (900 if long else 20)}-{number:03d}.parquet",
        "retraining": {"pipeline": pipeline} if number % 3 else {"training_job": job},
    }


@pytest.fixture(scope="module", params=[ORDINARY, LONGEST])
def kind(request: pytest.FixtureRequest) -> str:
    """Name how long the names are."""
    return str(request.param)


@pytest.fixture(scope="module")
def large(kind: str, built: Built) -> House:
    """A house as large as they come."""
    return built(many(kind), STAGE)


def test_templates_and_what_is_in_them(large: House) -> None:
    for template in (large.stateful, large.reactive):
        assert len(template["Resources"]) <= 500
        assert len(template.get("Outputs", {})) <= 200
        assert len(template.get("Parameters", {})) <= 200
        assert len(json.dumps(template, indent=1)) <= 1_000_000


def test_patterns_and_rules(large: House) -> None:
    rules = [rule["Properties"] for rule in large.of("AWS::Events::Rule").values()]
    assert len(rules) <= 300
    assert all(size(rule["EventPattern"]) <= 2048 for rule in rules if "EventPattern" in rule)
    assert all(1 <= len(rule["Targets"]) <= 5 for rule in rules)


def test_every_batch_still_reaches_the_judge(large: House, kind: str) -> None:
    for number in range(0, MODELS, 7):
        key = prefix_of(number, kind) + "2026.parquet"
        by_rule = number * 6 % 10 != 0
        assert reached(large, created(bucket_name(number * 6, kind), key)) == ({"BatchJudge"} if by_rule else set())


def test_policies_of_roles(large: House) -> None:
    for role in large.of("AWS::IAM::Role"):
        held = {
            path: one
            for path, one in large.resources.items()
            if path.startswith(f"{role}/") and "PolicyDocument" in one["Properties"]
        }
        inline = [one for one in held.values() if one["Type"] == "AWS::IAM::Policy"]
        managed = [one for one in held.values() if one["Type"] == "AWS::IAM::ManagedPolicy"]
        assert sum(size(one["Properties"]["PolicyDocument"]) for one in inline) <= 10_240, role
        assert all(size(one["Properties"]["PolicyDocument"]) <= 6_144 for one in managed), role
        assert len(managed) <= 10, role


def test_a_function_waits_for_all_the_policies_of_its_role(large: House) -> None:
    for path, function in large.of("AWS::Lambda::Function").items():
        role = path.replace("/Function", "/Role/")
        policies = {large.logical(one) for one in large.resources if one.startswith(role)}
        assert policies <= set(function["DependsOn"])


def test_policies_of_queues_keys_and_the_bus(large: House) -> None:
    for policy in large.of("AWS::SQS::QueuePolicy").values():
        document = policy["Properties"]["PolicyDocument"]
        assert size(document) <= 8_192
        assert len(document["Statement"]) <= 20
    assert all(size(key["Properties"]["KeyPolicy"]) <= 32_768 for key in large.of("AWS::KMS::Key").values())
    assert all(
        size(bus["Properties"]["Statement"]) <= 10_240 for bus in large.of("AWS::Events::EventBusPolicy").values()
    )


def test_environments(large: House) -> None:
    for function in large.functions.values():
        assert size(function["Properties"]["Environment"]["Variables"]) <= 4_096


def test_alarms_and_the_dashboard(large: House) -> None:
    alarms = [alarm["Properties"] for alarm in large.of("AWS::CloudWatch::Alarm").values()]
    assert len(alarms) <= 5_000
    for alarm in alarms:
        assert len(listed(alarm["AlarmActions"])) <= 5
        assert len(alarm["AlarmDescription"]) <= 1_024
        assert alarm["EvaluationPeriods"] * alarm["Period"] <= (7 * 86_400 if alarm["Period"] >= 3600 else 86_400)
    (page,) = large.of("AWS::CloudWatch::Dashboard").values()
    body = json.loads(deployed(page["Properties"]["DashboardBody"]))
    assert len(body["widgets"]) <= 500
    assert all(len(widget["properties"]["metrics"]) <= 500 for widget in body["widgets"])


def test_what_ordinary_names_are_granted_is_exact(large: House, kind: str) -> None:
    if kind != ORDINARY:
        pytest.skip("the longest names are granted by their beginnings")
    reads = [one for one in large.statements("BatchJudge") if "s3:GetObjectVersion" in one["Action"]]
    wanted = {f"arn:aws:s3:::{bucket_name(number * 6, kind)}/{prefix_of(number, kind)}*" for number in range(MODELS)}
    assert {arn for one in reads for arn in listed(one["Resource"])} == wanted
