"""Which events reach which function: the wiring of the whole house, read off the rules."""

from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.doors import TELLING
from holdfast.notification.contract import NOTABLE
from holdfast_console.replay.matcher import Pattern
from infra.patterns import calls
from tests.infrastructure.house import House

KINDS = {
    "Batch Judged": ("none", "notice", "drift", "quarantined", "not_enough_data", "unknown"),
    "Batch Examined": ("none", "notice", "drift", "quarantined", "not_enough_data", "unknown"),
    "Batch Quarantined": ("copied",),
    "Batch Released": ("released",),
    "Quarantine Lifted": ("lifted", "gone"),
    "Batch Awaited": ("expected", "in_time", "late"),
    "Batch Missed": ("missed",),
    "Schema Evolved": ("evolved",),
    "Report Stored": ("stored", "disagrees"),
    "Baseline Requested": ("requested",),
    "Baseline Activated": ("activated",),
    "Baseline Failed": ("failed",),
    "Evidence Recorded": ("drift",),
    "Retrain Decided": ("start",),
    "Run Started": ("started",),
    "Run Refused": ("refused",),
    "Run Closed": ("succeeded", "failed"),
    "Baseline Adopted": ("adopted",),
    "Resource Judged": ("pass", "fail", "unknown", "deleted"),
}
WANTS = {
    "BaselineActor": {("Baseline Requested", "requested"), ("Run Closed", "succeeded")},
    "BatchSweeper": {("Baseline Activated", "activated")},
    "QuarantineActor": {("Batch Judged", "quarantined"), ("Batch Released", "released")},
    "BatchReporter": {(kind, outcome) for kind in ("Batch Judged", "Batch Examined") for outcome in KINDS[kind]},
    "RetrainingJudge": {
        *(("Batch Judged", outcome) for outcome in KINDS["Batch Judged"]),
        *(("Batch Examined", outcome) for outcome in KINDS["Batch Examined"]),
        ("Batch Released", "released"),
        ("Baseline Activated", "activated"),
        ("Baseline Failed", "failed"),
    },
    "Trainer": {("Retrain Decided", "start")},
    "Notifier": {(kind, outcome) for kind, outcomes in NOTABLE.items() for outcome in outcomes},
}
CHANGES = sorted(
    (source, name) for kind in catalogue.every_kind().values() for source in kind.sources
    for name in catalogue.events_of(kind.id)
)  # fmt: skip
OF_ALL = {
    (source, name) for kind in catalogue.every_kind().values() for source in kind.sources for name in kind.rejudges
}


def reached(house: House, event: dict[str, Any], *, own_bus: bool = False) -> set[str]:
    """Name the functions whose rules match an event on the account's bus, or on the ledger's."""
    found = set()
    for path, rule in house.of("AWS::Events::Rule").items():
        properties = rule["Properties"]
        if (
            "EventPattern" in properties
            and ("EventBusName" in properties) == own_bus
            and Pattern.parse(properties["EventPattern"]).matches(event)
        ):
            found.add(path.split("/")[-3])
    return found


def created(bucket: str, key: str) -> dict[str, Any]:
    """An object was created."""
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
    }


@pytest.mark.parametrize(
    ("kind", "outcome"), [(kind, outcome) for kind, outcomes in KINDS.items() for outcome in outcomes]
)
def test_an_announcement_reaches_exactly_those_it_concerns(house: House, kind: str, outcome: str) -> None:
    event = {"source": "holdfast.ledger", "detail-type": kind, "detail": {"outcome": outcome, "kind": kind}}
    assert reached(house, event, own_bus=True) == {name for name, wanted in WANTS.items() if (kind, outcome) in wanted}


@pytest.mark.parametrize(
    ("bucket", "key", "judged"),
    [
        ("ml-data", "demand/batches/2026-01.parquet", True),
        ("ml-data", "churn/batches/2026/01.parquet", True),
        ("ml-data", "demand/reference.parquet", False),
        ("unread", "demand/batches/2026-01.parquet", False),
        ("partner-drop", "fraud/2026-01.parquet", False),
    ],
)
def test_only_objects_below_a_models_prefix_reach_the_judge_by_rule(
    house: House, bucket: str, key: str, judged: bool
) -> None:
    assert reached(house, created(bucket, key)) == ({"BatchJudge"} if judged else set())


def called(source: str, name: str) -> dict[str, Any]:
    """A call was recorded."""
    return {"source": source, "detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": name}}


@pytest.mark.parametrize(("source", "name"), sorted(set(CHANGES)))
def test_a_change_that_a_kind_or_control_names_reaches_compliance(house: House, source: str, name: str) -> None:
    every = {"ComplianceSweeper"} if (source, name) in OF_ALL else set()
    assert reached(house, called(source, name)) == {"ComplianceJudge", *every}


@pytest.mark.parametrize(
    "name",
    ["PutBucketPublicAccessBlock", "PutPublicAccessBlock", "PutBucketLifecycle", "PutBucketLifecycleConfiguration",
     "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration", "PutBucketNotification"],
)  # fmt: skip
def test_a_change_of_a_bucket_reaches_compliance_in_either_spelling(house: House, name: str) -> None:
    assert "ComplianceJudge" in reached(house, called("aws.s3", name))


@pytest.mark.parametrize("name", TELLING)
def test_what_tells_of_itself_reaches_compliance(house: House, name: str) -> None:
    assert reached(house, {"source": "aws.sagemaker", "detail-type": name, "detail": {}}) == {"ComplianceJudge"}


HUB = "Security Hub Findings - Imported"


@pytest.mark.parametrize(
    ("source", "name", "detail", "is_hint"),
    [
        ("aws.securityhub", HUB, {"findings": [{"Resources": [{"Type": "Other"}, {"Type": "AwsS3Bucket"}]}]}, True),
        ("aws.securityhub", HUB, {"findings": [{"Resources": [{"Type": "AwsIamUser"}]}]}, False),
        ("aws.guardduty", "GuardDuty Finding", {"resource": {"s3BucketDetails": [{"name": "b"}]}}, True),
        ("aws.guardduty", "GuardDuty Finding", {"resource": {"resourceType": "Instance"}}, False),
        ("aws.macie", "Macie Finding", {"resourcesAffected": {"s3Bucket": {"name": "b"}}}, True),
        ("aws.access-analyzer", "Access Analyzer Finding", {"resourceType": "AWS::S3::Bucket"}, True),
        ("aws.config", "Config Rules Compliance Change", {"resourceType": "AWS::S3::Bucket"}, True),
        ("aws.config", "Config Rules Compliance Change", {"resourceType": "AWS::EC2::Instance"}, False),
    ],
)
def test_findings_from_elsewhere_that_name_a_bucket_are_hints(
    house: House, source: str, name: str, detail: dict[str, Any], is_hint: bool
) -> None:
    found = reached(house, {"source": source, "detail-type": name, "detail": detail})
    assert found == ({"ComplianceJudge"} if is_hint else set())


@pytest.mark.parametrize("name", ["GetBucketPolicy", "ListBuckets", "PutBucketWebsiteNobodyNames"])
def test_other_calls_do_not(house: House, name: str) -> None:
    assert reached(house, called("aws.s3", name)) == set()


def test_adding_a_call_moves_at_most_one_leaf() -> None:
    names = [f"Create{'Long' * 5}Thing{number}" for number in range(200)]
    before, after = calls("aws.sagemaker", names), calls("aws.sagemaker", [*names, "CreateAnother"])
    assert len(before) > 2
    assert sum(after[name] != pattern for name, pattern in before.items() if name in after) <= 1
    assert len(before.keys() - after.keys()) <= 1
    found = {name for pattern in after.values() for name in pattern["detail"]["eventName"]}
    assert found == {*names, "CreateAnother"}


def test_pipelines_and_our_own_training_jobs_reach_the_retraining_judge(house: House) -> None:
    pipeline = {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Building Pipeline Execution Status Change",
        "detail": {},
    }
    ours = {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Training Job State Change",
        "detail": {"TrainingJobName": "holdfast-x"},
    }
    other = {**ours, "detail": {"TrainingJobName": "someone-elses"}}
    assert [reached(house, event) for event in (pipeline, ours, other)] == [
        {"RetrainingJudge"},
        {"RetrainingJudge"},
        set(),
    ]


def test_timers_tick_where_something_may_wait(house: House) -> None:
    rules = house.of("AWS::Events::Rule").items()
    found = {
        path.split("/")[-3]: rule["Properties"].get("ScheduleExpression")
        for path, rule in rules
        if "EventPattern" not in rule["Properties"]
    }
    assert found == {
        "BatchSweeper": "rate(1 hour)",
        "ComplianceSweeper": "rate(6 hours)",
        "RetrainingJudge": "rate(5 minutes)",
        "OutboxTimer": "rate(5 minutes)",
    }


def test_every_rule_is_enabled(house: House) -> None:
    assert {rule["Properties"]["State"] for rule in house.of("AWS::Events::Rule").values()} == {"ENABLED"}


def test_a_manifest_without_buckets_by_rule_has_no_rule_that_matches_all(built: Any) -> None:
    from tests.infrastructure.conftest import manifest

    bare = built(manifest("fraud"))
    assert reached(bare, created("ml-data", "demand/batches/x.parquet")) == set()
