from typing import Any

import pytest

from holdfast.compliance.controls.domain_vpc_only import CONTROL
from holdfast.compliance.reads.sagemaker import DOMAIN
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"AppNetworkAccessType": "VpcOnly"}, "pass"),
        ({"AppNetworkAccessType": "PublicInternetOnly"}, "fail"),
        ({}, "fail"),
    ],
)
def test_only_the_vpc_complies_and_the_default_is_the_internet(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {DOMAIN: said})[0] == verdict
