import pytest

from holdfast.compliance.controls.processing_job_output_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING
from tests.unit.compliance.look import look


@pytest.mark.parametrize(("key", "verdict"), [("alias/ours", "pass"), ("", "fail")])
def test_only_outputs_with_a_key_comply(key: str, verdict: str) -> None:
    output = {"Outputs": [{"OutputName": "features"}], "KmsKeyId": key}
    assert look(CONTROL, {PROCESSING: {"ProcessingOutputConfig": output}})[0] == verdict


def test_a_job_that_writes_nothing_is_not_judged() -> None:
    assert look(CONTROL, {PROCESSING: {}}) == ("not_applicable", "it has no outputs")
