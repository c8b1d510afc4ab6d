from typing import Any

import pytest

from holdfast.compliance.controls.notebook_in_vpc import CONTROL
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"SubnetId": "subnet-1"}, "pass"),
        ({"SubnetId": None}, "fail"),
        ({}, "fail"),
    ],
)
def test_a_subnet_is_needed(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {NOTEBOOK: said})[0] == verdict


@pytest.mark.parametrize(("allowed", "verdict"), [("subnet-1, subnet-2", "pass"), ("subnet-2", "fail")])
def test_only_the_subnets_asked_for_will_do(allowed: str, verdict: str) -> None:
    said = {"SubnetId": "subnet-1"}
    assert look(CONTROL, {NOTEBOOK: said}, SubnetIds=allowed)[0] == verdict
