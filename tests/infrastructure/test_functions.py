"""Every function stands as it should, with what it needs to know."""

import importlib.util
import json

import pytest

from holdfast.batches import judge
from holdfast.batches.gathering import MOST_TOGETHER
from holdfast.batches.reading.limits import LIMITS
from holdfast.batches.settings import (
    BaselineSettings,
    BatchJudgeSettings,
    QuarantineSettings,
    ReporterSettings,
    SweeperSettings,
)
from holdfast.compliance.settings import ComplianceSettings
from holdfast.compliance.settings import SweeperSettings as ComplianceSweeperSettings
from holdfast.ledger.contract import LedgerSettings, PublisherSettings
from holdfast.notification.settings import NotificationSettings
from holdfast.retraining.settings import RetrainingSettings
from holdfast.shared.settings import Settings
from infra.constructs.inbox import MOST_RECEIVES
from tests.infrastructure.house import House, deployed, listed

HANDLERS = {
    "BatchJudge": "holdfast.batches.judge",
    "BaselineActor": "holdfast.batches.baseline_actor",
    "BatchSweeper": "holdfast.batches.sweeper",
    "QuarantineActor": "holdfast.batches.quarantine_actor",
    "BatchReporter": "holdfast.batches.reporter",
    "RetrainingJudge": "holdfast.retraining.judge",
    "Trainer": "holdfast.retraining.trainer",
    "ComplianceJudge": "holdfast.compliance.judge",
    "ComplianceSweeper": "holdfast.compliance.sweeper",
    "Notifier": "holdfast.notification.notifier",
    "LedgerPublisher": "holdfast.ledger.publisher",
    "OutboxTimer": "holdfast.ledger.outbox",
}
QUEUED = sorted(HANDLERS.keys() - {"LedgerPublisher"})
KNOWS: dict[str, tuple[type[Settings], ...]] = {
    "BatchJudge": (LedgerSettings, BatchJudgeSettings),
    "BaselineActor": (LedgerSettings, BaselineSettings),
    "BatchSweeper": (LedgerSettings, SweeperSettings),
    "QuarantineActor": (LedgerSettings, QuarantineSettings),
    "BatchReporter": (LedgerSettings, ReporterSettings),
    "RetrainingJudge": (LedgerSettings, RetrainingSettings),
    "Trainer": (LedgerSettings,),
    "ComplianceJudge": (LedgerSettings, ComplianceSettings),
    "ComplianceSweeper": (LedgerSettings, ComplianceSweeperSettings),
    "Notifier": (LedgerSettings, NotificationSettings),
    "LedgerPublisher": (PublisherSettings,),
    "OutboxTimer": (PublisherSettings,),
}


def test_only_the_sweeper_that_writes_errands_to_itself_may_go_around_in_a_circle(house: House) -> None:
    allowed = {name for name, one in house.functions.items() if one["Properties"].get("RecursiveLoop") == "Allow"}
    assert allowed == {"ComplianceSweeper"}


def test_each_function_is_there_and_no_other(house: House) -> None:
    found = {name: one["Properties"]["Handler"] for name, one in house.functions.items()}
    assert found == {name: f"{module}.lambda_handler" for name, module in HANDLERS.items()}


@pytest.mark.parametrize("module", HANDLERS.values())
def test_each_handler_has_its_module(module: str) -> None:
    assert importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("name", HANDLERS)
def test_a_function_runs_on_what_the_locks_are_for_and_is_traced(house: House, name: str) -> None:
    function = house.functions[name]["Properties"]
    assert function["Runtime"] == "python3.12"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert "ReservedConcurrentExecutions" not in function


@pytest.mark.parametrize("name", HANDLERS)
def test_a_function_finds_its_settings(house: House, name: str) -> None:
    environment = house.functions[name]["Properties"]["Environment"]["Variables"]
    said = {key: str(deployed(value)) for key, value in environment.items()}
    if name == "Notifier":
        said["HOLDFAST_TOPIC"] = "arn:aws:sns:eu-west-1:123456789012:topic"
    for settings in KNOWS[name]:
        loaded = settings.load(said)
        assert getattr(loaded, "actor", name) == name
    assert len(json.dumps(said)) < 4096


@pytest.mark.parametrize("name", sorted(HANDLERS.keys() - {"LedgerPublisher", "OutboxTimer"}))
def test_a_function_finds_the_manifest_in_its_layer(house: House, name: str) -> None:
    function = house.functions[name]["Properties"]
    assert function["Environment"]["Variables"]["HOLDFAST_MANIFEST"] == "/opt/governance.json"
    assert function["Layers"] == [{"Ref": house.logical("Manifest")}]


def test_the_layer_holds_the_canonical_manifest(house: House) -> None:
    layer = house.resources["Manifest"]["Properties"]["Content"]["S3Key"].removesuffix(".zip")
    shipped = json.loads((house.synthesis.assets[layer] / "governance.json").read_text())
    assert set(shipped["models"]) == {"demand", "fraud", "churn"}


def test_the_source_ships_without_caches(house: House) -> None:
    code = house.functions["BatchJudge"]["Properties"]["Code"]["S3Key"].removesuffix(".zip")
    folder = house.synthesis.assets[code]
    assert (folder / "holdfast" / "manifest.py").is_file()
    assert not [
        path for path in folder.rglob("*") if path.name == "__pycache__" or path.suffix in (".pyc", ".Dockerfile")
    ]


def test_every_function_has_a_role_of_its_own(house: House) -> None:
    roles = [json.dumps(one["Properties"]["Role"]) for one in house.functions.values()]
    assert len(set(roles)) == len(roles)
    for role in house.of("AWS::IAM::Role").values():
        trust = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert [one["Principal"] for one in trust] == [{"Service": "lambda.amazonaws.com"}]
        assert "ManagedPolicyArns" not in role["Properties"]


@pytest.mark.parametrize("name", HANDLERS)
def test_logs_end_and_are_encrypted(house: House, name: str) -> None:
    (path,) = (path for path in house.of("AWS::Logs::LogGroup") if f"/{name}/" in path)
    log = house.resources[path]["Properties"]
    assert log["RetentionInDays"] == 90
    assert "MessagesKey" in json.dumps(log["KmsKeyId"])
    assert house.functions[name]["Properties"]["LoggingConfig"]["LogGroup"] == {"Ref": house.logical(path)}


@pytest.mark.parametrize("name", HANDLERS)
def test_alarms_ring_on_one_topic(house: House, name: str) -> None:
    wanted = {"Errors", "Throttles"} | (
        {"DeadLetters", "Undelivered", "Age"} if name in QUEUED else {"Unpublished", "Lag"}
    )
    found = {
        path.rpartition("/")[2]: one for path, one in house.of("AWS::CloudWatch::Alarm").items() if f"/{name}/" in path
    }
    assert set(found) == wanted
    for alarm in found.values():
        assert alarm["Properties"]["AlarmActions"] == alarm["Properties"]["OKActions"]
        assert all("Notices" in json.dumps(action) for action in listed(alarm["Properties"]["AlarmActions"]))


def test_silence_rings_after_the_hours_the_manifest_says(house: House) -> None:
    silent = {
        path: one["Properties"]
        for path, one in house.of("AWS::CloudWatch::Alarm").items()
        if path.startswith("Silence/")
    }
    assert set(silent) == {"Silence/demand"}
    alarm = silent["Silence/demand"]
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (3600, 48)
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Holdfast/test", "BatchesJudged")
    assert alarm["Dimensions"] == [{"Name": "model", "Value": "demand"}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"], alarm["TreatMissingData"]) == (
        "LessThanThreshold",
        1,
        "breaching",
    )


def test_the_judge_counts_batches_exactly_where_the_alarm_looks(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, value in house.functions["BatchJudge"]["Properties"]["Environment"]["Variables"].items():
        monkeypatch.setenv(key, str(deployed(value)))
    judge._count("demand")
    told = json.loads(capsys.readouterr().out)
    alarm = house.resources["Silence/demand"]["Properties"]
    (counted,) = told["_aws"]["CloudWatchMetrics"]
    assert (counted["Namespace"], counted["Metrics"][0]["Name"]) == (alarm["Namespace"], alarm["MetricName"])
    assert counted["Dimensions"] == [[one["Name"] for one in alarm["Dimensions"]]]
    assert told["model"] == alarm["Dimensions"][0]["Value"]


def test_there_is_one_dashboard_with_every_function(house: House) -> None:
    (page,) = house.of("AWS::CloudWatch::Dashboard").values()
    body = json.dumps(page["Properties"]["DashboardBody"])
    assert all(name in body for name in HANDLERS)
    assert "{Holdfast/test,model}" in body, "the stage's own batches, not those of another in this account"


def test_the_judge_of_batches_knows_its_last_attempt() -> None:
    assert judge.LAST_ATTEMPT == MOST_RECEIVES


@pytest.mark.parametrize(
    ("name", "held"), [("BatchJudge", MOST_TOGETHER), ("BaselineActor", 0), ("BatchReporter", MOST_TOGETHER)]
)
def test_there_is_disk_for_all_that_a_function_may_lay_there(house: House, name: str, held: int) -> None:
    disk = house.functions[name]["Properties"]["EphemeralStorage"]["Size"] * 1024**2
    assert disk >= LIMITS.spooled_bytes + held
