from typing import Any

import pytest

from holdfast.compliance.controls.endpoint_capture_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"DataCaptureConfig": {"EnableCapture": True, "KmsKeyId": "alias/ml"}}, "pass"),
        ({"DataCaptureConfig": {"EnableCapture": True}}, "fail"),
        ({"DataCaptureConfig": {"DestinationS3Uri": "s3://ml"}}, "fail"),
        ({"DataCaptureConfig": {"EnableCapture": False}}, "not_applicable"),
        ({"DataCaptureConfig": {}}, "not_applicable"),
        ({}, "not_applicable"),
    ],
)
def test_captured_data_needs_a_key(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {ENDPOINT_CONFIG: said})[0] == verdict
