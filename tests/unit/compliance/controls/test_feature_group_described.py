from typing import Any

import pytest

from holdfast.compliance.controls.feature_group_described import CONTROL
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"Description": "rides by hour"}, "pass"),
        ({"Description": ""}, "fail"),
        ({}, "fail"),
    ],
)
def test_an_empty_description_is_none(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {FEATURE_GROUP: said})[0] == verdict
