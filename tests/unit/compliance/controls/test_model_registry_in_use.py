from typing import Any

import pytest

from holdfast.compliance.controls.model_registry_in_use import CONTROL
from holdfast.compliance.reads.sagemaker_region import REGISTRY
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"HasGroups": True, "HasApproved": True}, "pass"),
        ({"HasGroups": True, "HasApproved": False}, "fail"),
        ({"HasGroups": False, "HasApproved": False}, "fail"),
    ],
)
def test_a_group_with_an_approved_model_is_needed(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {REGISTRY: said})[0] == verdict
