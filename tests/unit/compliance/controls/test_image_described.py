from typing import Any

import pytest

from holdfast.compliance.controls.image_described import CONTROL
from holdfast.compliance.reads.sagemaker import IMAGE
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"Description": "our kernel"}, "pass"),
        ({"Description": ""}, "fail"),
        ({}, "fail"),
    ],
)
def test_an_empty_description_is_none(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {IMAGE: said})[0] == verdict
