import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.kinds.sagemaker_compilation_job import KIND
from holdfast.compliance.logic import touched


def call(name: str, **parameters: str) -> RecordedCall:
    detail = {"eventName": name, "requestParameters": parameters}
    return RecordedCall.receive({"source": "aws.sagemaker", "detail": detail})


@pytest.mark.parametrize("name", ["CreateCompilationJob"])
def test_a_call_that_makes_or_changes_it_names_it(name: str) -> None:
    assert list(touched(call(name, compilationJobName="churn-7"), (KIND,))) == [(KIND, "churn-7")]


def test_its_tags_change_it() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:compilation-job/churn-7"
    assert list(touched(call("AddTags", resourceArn=arn), (KIND,))) == [(KIND, "churn-7")]


def test_the_tags_of_something_else_do_not() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn-7"
    assert list(touched(call("AddTags", resourceArn=arn), (KIND,))) == []
