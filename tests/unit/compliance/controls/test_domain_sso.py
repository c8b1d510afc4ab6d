from typing import Any

import pytest

from holdfast.compliance.controls.domain_sso import CONTROL
from holdfast.compliance.reads.sagemaker import DOMAIN
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"AuthMode": "SSO"}, "pass"),
        ({"AuthMode": "IAM"}, "fail"),
        ({}, "fail"),
    ],
)
def test_only_single_sign_on_complies(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {DOMAIN: said})[0] == verdict
