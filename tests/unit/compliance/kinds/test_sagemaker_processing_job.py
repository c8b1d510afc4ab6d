import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.controls import processing_job_in_vpc, processing_job_isolated
from holdfast.compliance.kind import Declared
from holdfast.compliance.kinds.sagemaker_processing_job import KIND
from holdfast.compliance.logic import touched
from tests.unit.compliance.look import ACCOUNT, REGION, look


def call(name: str, **parameters: str) -> RecordedCall:
    detail = {"eventName": name, "requestParameters": parameters}
    return RecordedCall.receive({"source": "aws.sagemaker", "detail": detail})


@pytest.mark.parametrize("name", ["CreateProcessingJob"])
def test_a_call_that_makes_or_changes_it_names_it(name: str) -> None:
    assert list(touched(call(name, processingJobName="churn-7"), (KIND,))) == [(KIND, "churn-7")]


def test_its_tags_change_it() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:processing-job/churn-7"
    assert list(touched(call("AddTags", resourceArn=arn), (KIND,))) == [(KIND, "churn-7")]


def test_the_tags_of_something_else_do_not() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn-7"
    assert list(touched(call("AddTags", resourceArn=arn), (KIND,))) == []


def test_a_template_declares_it_as_the_api_spells_it() -> None:
    network = {"EnableNetworkIsolation": "true", "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
    assert KIND.declared is not None
    declared = KIND.declared(Declared("Clean", {"NetworkConfig": network}, ACCOUNT, REGION))
    assert look(processing_job_isolated.CONTROL, declared)[0] == "pass"
    assert look(processing_job_in_vpc.CONTROL, declared)[0] == "pass"
