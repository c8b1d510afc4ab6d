import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.compliance import config_rule
from holdfast.compliance.exports.config_adapter import Answers
from holdfast.shared import clients
from holdfast.shared.errors import ConfigurationError, ContractError, TransientError
from tests.conftest import ACCOUNT, REGION, Context
from tests.unit.compliance.exports.test_config_events import CHANGE, ITEM, OVERSIZED, SCHEDULED, invoked

Ask = Callable[..., list[tuple[str, str]]]


class Config:
    """AWS Config, as far as it takes evaluations: moto takes none but those of a test run."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.calls: list[int] = []
        self.refused: tuple[str, ...] = ()
        self._config = boto3.client("config", REGION)

    def put_evaluations(self, *, Evaluations: list[dict[str, Any]], ResultToken: str) -> dict[str, Any]:  # noqa: N803
        """Let moto see the request, keep it, and refuse what it is told to."""
        self._config.put_evaluations(Evaluations=Evaluations, ResultToken=ResultToken, TestMode=True)
        self.calls.append(len(Evaluations))
        self.taken += Evaluations
        return {"FailedEvaluations": [one for one in Evaluations if one["ComplianceResourceId"] in self.refused]}


@pytest.fixture
def config(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """Give the rule an account, a manifest, and someone to answer."""
    path = tmp_path / "governance.yaml"
    path.write_text(
        'scope:\n  - {kind: "*", match: "*", except: ["cdk-*"]}\n'
        "waivers:\n  - {control: tls_only, resource: scratch, owner: platform, reason: tests, expires: 2999-01-31}\n"
    )
    for name, value in {"ACCOUNT": ACCOUNT, "REGION": REGION, "MANIFEST": str(path)}.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    forget()
    config = Config()
    monkeypatch.setattr(Answers, "connect", lambda: Answers(config))
    yield config
    forget()


def forget() -> None:
    clients.forget()
    for built in (config_rule.settings, config_rule.account, config_rule.governed, config_rule.answers):
        built.cache_clear()


def ask(config: Config, notification: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    before = len(config.taken)
    config_rule.lambda_handler(invoked(notification, **changes), Context())  # type: ignore[arg-type]
    return [(one["ComplianceResourceId"], one["ComplianceType"]) for one in config.taken[before:]]


def item(**changes: Any) -> dict[str, Any]:
    return {**CHANGE, "configurationItem": {**ITEM, **changes}}


@pytest.mark.parametrize("notification", [CHANGE, OVERSIZED])
def test_the_live_state_is_judged_whatever_the_item_says(
    notification: dict[str, Any], config: Config, bucket: Any
) -> None:
    assert ask(config, notification) == [("training-data", "NON_COMPLIANT")]
    bucket.policy()
    assert ask(config, notification) == [("training-data", "COMPLIANT")]
    assert "there is no bucket policy" in config.taken[0]["Annotation"]


@pytest.mark.parametrize(
    ("notification", "changes"),
    [
        (CHANGE, {"eventLeftScope": True}),
        (item(configurationItemStatus="ResourceDeleted"), {}),
        (item(resourceId="never-was", resourceName="never-was"), {}),
        (item(resourceType="AWS::EC2::Instance"), {}),
        (item(resourceType="AWS::SageMaker::NotebookInstance"), {}),
    ],
)
def test_what_left_is_gone_or_is_not_the_controls_business_is_not_applicable(
    notification: dict[str, Any], changes: dict[str, Any], config: Config, bucket: Any
) -> None:
    [(_, compliance)] = ask(config, notification, **changes)
    assert compliance == "NOT_APPLICABLE"


def test_a_rule_gives_its_control_parameters_of_its_own(config: Config, bucket: Any) -> None:
    bucket.obey()
    found = [
        ask(config, CHANGE, ruleParameters=json.dumps({"control": "S3.13", "targetExpirationDays": days}))[0][1]
        for days in ("400", "30")
    ]
    assert found == ["COMPLIANT", "NON_COMPLIANT"]


def test_a_rule_that_names_no_control_asks_for_all_that_the_manifest_says(config: Config, bucket: Any) -> None:
    assert ask(config, CHANGE, ruleParameters="") == [("training-data", "NON_COMPLIANT")]
    assert "; " in config.taken[0]["Annotation"]


@pytest.mark.parametrize(
    "parameters", [{"control": "S3.999"}, {"targetExpirationDays": "1"}, {"control": "S3.5", "a": "b"}]
)
def test_a_rule_with_wrong_parameters_fails_and_answers_nothing(
    parameters: dict[str, str], config: Config, bucket: Any
) -> None:
    with pytest.raises(ConfigurationError):
        ask(config, CHANGE, ruleParameters=json.dumps(parameters))
    assert config.taken == []


def test_a_schedule_has_every_bucket_judged_a_hundred_an_answer(config: Config) -> None:
    s3 = boto3.client("s3", REGION)
    for number in range(120):
        s3.create_bucket(Bucket=f"b-{number:03}", CreateBucketConfiguration={"LocationConstraint": REGION})
    for name in ("scratch", "cdk-assets"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    found = dict(ask(config, SCHEDULED))
    assert config.calls == [100, 22]
    assert (found["b-000"], found["scratch"], found["cdk-assets"]) == (
        "NON_COMPLIANT", "NOT_APPLICABLE", "NOT_APPLICABLE",
    )  # fmt: skip


def test_a_test_run_is_judged_and_nothing_is_put(config: Config, bucket: Any) -> None:
    assert ask(config, CHANGE, resultToken="TESTMODE") == []


def test_what_cannot_be_judged_gets_no_evaluation_and_fails_the_invocation(
    config: Config, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("s3", REGION).create_bucket(Bucket="other", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3 = clients.client("s3")
    read = s3.get_bucket_policy

    def refuse(**given: Any) -> Any:
        if given["Bucket"] == "training-data":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetBucketPolicy")
        return read(**given)

    monkeypatch.setattr(s3, "get_bucket_policy", refuse)
    with pytest.raises(ConfigurationError, match=r"s3_bucket/training-data.*s3:GetBucketPolicy"):
        ask(config, SCHEDULED)
    assert [one["ComplianceResourceId"] for one in config.taken] == ["other"]


def test_an_evaluation_that_config_does_not_take_is_loud(config: Config, bucket: Any) -> None:
    config.refused = ("training-data",)
    with pytest.raises(TransientError, match="did not take 1 of 1 evaluations: training-data"):
        ask(config, CHANGE)


def test_another_accounts_rule_is_refused(config: Config, bucket: Any) -> None:
    with pytest.raises(ContractError, match="210987654321"):
        ask(config, CHANGE, accountId="210987654321")
