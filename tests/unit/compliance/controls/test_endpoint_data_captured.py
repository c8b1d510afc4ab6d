from typing import Any

import pytest

from holdfast.compliance.controls.endpoint_data_captured import CONTROL
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG
from tests.unit.compliance.look import look

BOTH = [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]


def captured(options: list[dict[str, str]], *, share: int = 20, is_on: bool = True) -> dict[str, Any]:
    said = {"EnableCapture": is_on, "InitialSamplingPercentage": share, "CaptureOptions": options}
    return {"ProductionVariants": [{"VariantName": "all", "InitialInstanceCount": 2}], "DataCaptureConfig": said}


@pytest.mark.parametrize(
    ("config", "verdict"),
    [
        (captured(BOTH), ("pass", "requests and answers are captured")),
        (captured([{"CaptureMode": "InputAndOutput"}]), ("pass", "requests and answers are captured")),
        (captured(BOTH, is_on=False), ("fail", "data capture is not enabled")),
        ({"ProductionVariants": [{"VariantName": "all"}]}, ("fail", "data capture is not enabled")),
        (captured(BOTH[:1]), ("fail", "data capture leaves out output")),
        (captured([]), ("fail", "data capture leaves out input and output")),
        (captured(BOTH, share=0), ("fail", "0 % of requests are captured, expected 1 % or more")),
    ],
)
def test_input_and_output_must_be_captured(config: dict[str, Any], verdict: tuple[str, str]) -> None:
    assert look(CONTROL, {ENDPOINT_CONFIG: config}) == verdict


def test_a_larger_share_may_be_asked_for() -> None:
    facts = {ENDPOINT_CONFIG: captured(BOTH, share=20)}
    assert look(CONTROL, facts, minimumSamplingPercentage=50)[0] == "fail"
    assert look(CONTROL, facts, minimumSamplingPercentage=20)[0] == "pass"


def test_serverless_endpoints_cannot_capture() -> None:
    variant = {"VariantName": "all", "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
    assert look(CONTROL, {ENDPOINT_CONFIG: {"ProductionVariants": [variant]}})[0] == "not_applicable"
