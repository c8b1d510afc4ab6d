import pytest

from holdfast.compliance.controls.predictable_name import CONTROL
from holdfast.compliance.facts import Unread
from holdfast.compliance.reads.s3_names import OWN
from tests.unit.compliance.look import ACCOUNT, look

NAMES = [
    f"sagemaker-us-east-1-{ACCOUNT}",
    f"aws-glue-assets-{ACCOUNT}-eu-central-1",
    f"aws-emr-studio-{ACCOUNT}-us-gov-west-1",
    f"aws-codestar-eu-west-1-{ACCOUNT}",
    "cf-templates-1a2b3c4d5e6f-eu-west-1",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_bucket_that_a_service_would_use_must_be_ones_own(name: str) -> None:
    assert look(CONTROL, {OWN: {"IsOwn": True}}, name=name) == ("pass", CONTROL.title)
    assert look(CONTROL, {OWN: {"IsOwn": False}}, name=name)[0] == "fail"
    assert look(CONTROL, {OWN: Unread("denied")}, name=name) == ("unknown", "denied")


@pytest.mark.parametrize("name", ["training-data", "sagemaker-us-east-1-999999999999", f"sagemaker-models-{ACCOUNT}"])
def test_a_name_that_nobody_can_guess_is_not_asked_after(name: str) -> None:
    assert look(CONTROL, {}, name=name)[0] == "pass"
