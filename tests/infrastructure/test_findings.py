import json
from pathlib import Path

import pytest

from infra.acknowledge import check
from infra.app import build, empty_app
from infra.settings import Stage
from tests.infrastructure.conftest import Built, manifest
from tests.infrastructure.house import House, deployed, listed


@pytest.fixture(scope="module")
def telling(built: Built) -> House:
    """A stage that tells Security Hub and answers AWS Config."""
    return built(stage=Stage(name="test", security_hub=True, config_rules=True))


def functions(house: House) -> set[str]:
    """Name the functions of a house by their handlers."""
    return {one["Properties"]["Handler"] for one in house.of("AWS::Lambda::Function").values()}


def test_nobody_is_told_unless_the_stage_says_so(house: House, telling: House) -> None:
    ours = {"holdfast.compliance.security_hub.lambda_handler", "holdfast.compliance.config_rule.lambda_handler"}
    assert functions(telling) - functions(house) == ours


def test_findings_go_into_the_accounts_own_product_and_nowhere_else(telling: House) -> None:
    assert telling.actions("SecurityHubExporter", "securityhub") == {"securityhub:BatchImportFindings"}
    [statement] = [one for one in telling.statements("SecurityHubExporter") if one.get("Sid") == "ImportFindings"]
    assert deployed(statement["Resource"]).endswith(":123456789012:product/123456789012/default")


def test_the_exporter_reads_the_ledger_and_writes_nothing_to_it(telling: House) -> None:
    assert telling.actions("SecurityHubExporter", "dynamodb") == {"dynamodb:GetItem", "dynamodb:Query"}


def test_the_exporter_hears_of_every_judgement_whatever_its_outcome(telling: House) -> None:
    [rule] = [
        one["Properties"] for path, one in telling.of("AWS::Events::Rule").items() if "SecurityHubExporter" in path
    ]
    assert rule["EventPattern"] == {"source": ["holdfast.ledger"], "detail-type": ["Resource Judged"]}


def test_only_aws_config_in_our_own_account_may_ask(telling: House) -> None:
    [permission] = [one["Properties"] for path, one in telling.resources.items() if path.endswith("LetConfigAsk")]
    assert permission["Principal"] == "config.amazonaws.com"
    assert deployed(permission["SourceAccount"]) == "123456789012"


def test_a_config_rule_reads_what_the_judge_reads_and_changes_only_its_evaluations(telling: House) -> None:
    asked = {action for one in telling.statements("ConfigRule") for action in listed(one["Action"])}
    judged = {action for one in telling.statements("ComplianceJudge") if one.get("Sid", "").startswith("Ask")
              for action in listed(one["Action"])}  # fmt: skip
    assert judged < asked
    changing = {"config:PutEvaluations", "sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey"}
    assert {action for action in asked - judged if not action.startswith(("logs:", "xray:"))} == changing


def test_what_config_is_not_answered_is_kept_and_raises_an_alarm(telling: House) -> None:
    [retries] = [one["Properties"] for one in telling.of("AWS::Lambda::EventInvokeConfig").values()]
    assert "OnFailure" in retries["DestinationConfig"]
    assert [path for path in telling.of("AWS::CloudWatch::Alarm") if "ConfigRule" in path and "Unanswered" in path]


def test_nothing_is_objected_to_in_what_tells_others(tmp_path: Path) -> None:
    app = empty_app(str(tmp_path))
    check(app)
    build(app, manifest(), Stage(name="test", security_hub=True, config_rules=True), source=True)
    app.synth()
    (report,) = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert (report["conclusion"], report["violations"]) == ("success", [])
