"""The hook stands only where a stage says so, and asks one function that reads nothing of the account."""

import importlib.util
import json
from pathlib import Path

import pytest

from holdfast.compliance.settings import HookSettings
from infra.acknowledge import check
from infra.app import build, empty_app
from infra.settings import Stage
from tests.conftest import ACCOUNT
from tests.infrastructure.conftest import Built, manifest
from tests.infrastructure.house import House, deployed

TYPE = "AWS::CloudFormation::LambdaHook"


@pytest.fixture(scope="module")
def hooked(built: Built) -> House:
    """A stage with a hook that refuses."""
    return built(None, Stage(name="hooked", hook="fail", hook_fails_from="critical"))


def test_no_hook_stands_where_none_is_asked_for(house: House) -> None:
    assert house.of(TYPE) == {}
    assert "ComplianceHook" not in house.functions


def test_the_hook_asks_its_function_in_time(hooked: House) -> None:
    [hook] = hooked.of(TYPE).values()
    function = hooked.functions["ComplianceHook"]["Properties"]
    said = hook["Properties"]
    assert (said["FailureMode"], said["HookStatus"]) == ("FAIL", "ENABLED")
    assert said["TargetOperations"] == ["STACK", "RESOURCE", "CLOUD_CONTROL"]
    assert said["TargetFilters"] == {"Actions": ["CREATE", "UPDATE"]}
    assert function["Timeout"] < 30
    assert importlib.util.find_spec(function["Handler"].rpartition(".")[0]) is not None


def test_the_hook_never_keeps_its_own_stacks_from_being_mended(hooked: House) -> None:
    [hook] = hooked.of(TYPE).values()
    assert hook["Properties"]["StackFilters"]["StackNames"]["Exclude"] == [
        "Holdfast-hooked-Reactive",
        "Holdfast-hooked-Stateful",
    ]


def test_the_function_knows_from_which_severity_on_it_refuses(hooked: House) -> None:
    variables = hooked.functions["ComplianceHook"]["Properties"]["Environment"]["Variables"]
    settings = HookSettings.load({key: str(deployed(value)) for key, value in variables.items()})
    assert settings.fails_from == "critical"
    assert settings.account == ACCOUNT


def test_the_function_may_read_nothing_of_the_account(hooked: House) -> None:
    services = {
        one["Action"].partition(":")[0] if isinstance(one["Action"], str) else one["Action"][0].partition(":")[0]
        for one in hooked.statements("ComplianceHook")
    }
    assert services <= {"logs", "xray"}


def test_only_cloudformation_in_this_account_may_ask(hooked: House) -> None:
    role = next(one for path, one in hooked.of("AWS::IAM::Role").items() if path.endswith("Caller"))
    for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
        assert statement["Principal"]["Service"].endswith(".cloudformation.amazonaws.com")
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_nothing_about_the_hook_is_objected_to(tmp_path: Path) -> None:
    app = empty_app(str(tmp_path))
    check(app)
    build(app, manifest("churn"), Stage(name="hooked", hook="warn"), source=True)
    app.synth()
    [report] = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert (report["conclusion"], report["violations"]) == ("success", [])
