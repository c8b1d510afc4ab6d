from typing import Any

import pytest

from holdfast.compliance.controls.notebook_platform_supported import CONTROL
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"PlatformIdentifier": "notebook-al2023-v1"}, "pass"),
        ({"PlatformIdentifier": "notebook-al2-v3"}, "fail"),
        ({"PlatformIdentifier": "notebook-al2-v2"}, "fail"),
        ({"PlatformIdentifier": "notebook-al1-v1"}, "fail"),
        ({}, "unknown"),
    ],
)
def test_old_platforms_fail_and_an_untold_one_settles_nothing(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {NOTEBOOK: said})[0] == verdict


def test_the_supported_platforms_may_be_given() -> None:
    said = {"PlatformIdentifier": "notebook-al2-v3"}
    given = "notebook-al2-v3,notebook-al2023-v1"
    assert look(CONTROL, {NOTEBOOK: said}, supportedPlatformIdentifierVersions=given)[0] == "pass"
