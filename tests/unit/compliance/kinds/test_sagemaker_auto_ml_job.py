import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.kinds.sagemaker_auto_ml_job import KIND, as_described
from holdfast.compliance.logic import touched


def call(name: str, **parameters: str) -> RecordedCall:
    detail = {"eventName": name, "requestParameters": parameters}
    return RecordedCall.receive({"source": "aws.sagemaker", "detail": detail})


@pytest.mark.parametrize("name", ["CreateAutoMLJob", "CreateAutoMLJobV2"])
def test_a_call_that_makes_or_changes_it_names_it(name: str) -> None:
    assert list(touched(call(name, autoMLJobName="churn-7"), (KIND,))) == [(KIND, "churn-7")]


def test_its_tags_change_it() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:automl-job/churn-7"
    assert list(touched(call("AddTags", resourceArn=arn), (KIND,))) == [(KIND, "churn-7")]


def test_the_tags_of_something_else_do_not() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn-7"
    assert list(touched(call("AddTags", resourceArn=arn), (KIND,))) == []


def test_both_versions_of_the_call_are_described_alike() -> None:
    security = {"volumeKmsKeyId": "alias/ours", "enableInterContainerTrafficEncryption": True}
    criteria = {"maxAutoMLJobRuntimeInSeconds": 3600}
    first = {"autoMLJobName": "a", "autoMLJobConfig": {"securityConfig": security, "completionCriteria": criteria}}
    problem = {"tabularJobConfig": {"completionCriteria": criteria}}
    second = {"autoMLJobName": "a", "autoMLProblemTypeConfig": problem, "securityConfig": security}
    assert as_described(first) == as_described(second)


def test_a_first_version_without_settings_has_none() -> None:
    assert "SecurityConfig" not in as_described({"autoMLJobName": "a"})
