from typing import Any

import pytest

from holdfast.compliance.controls.experiment_volume_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import EXPERIMENT
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"KmsKey": "alias/ml"}, "pass"),
        ({"DataStorageConfig": {"KmsKey": "alias/ml"}}, "fail"),
        ({}, "fail"),
    ],
)
def test_a_key_of_ones_own_is_needed(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {EXPERIMENT: said})[0] == verdict
