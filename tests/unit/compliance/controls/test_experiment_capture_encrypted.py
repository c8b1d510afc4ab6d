from typing import Any

import pytest

from holdfast.compliance.controls.experiment_capture_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import EXPERIMENT
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"DataStorageConfig": {"Destination": "s3://ml", "KmsKey": "alias/ml"}}, "pass"),
        ({"KmsKey": "alias/ml", "DataStorageConfig": {"Destination": "s3://ml"}}, "fail"),
        ({"KmsKey": "alias/ml"}, "not_applicable"),
    ],
)
def test_captured_data_needs_a_key(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {EXPERIMENT: said})[0] == verdict
