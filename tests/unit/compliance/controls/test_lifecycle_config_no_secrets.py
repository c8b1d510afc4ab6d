from base64 import b64encode
from typing import Any

import pytest

from holdfast.compliance.controls.lifecycle_config_no_secrets import CONTROL
from holdfast.compliance.reads.sagemaker import LIFECYCLE_CONFIG
from tests.unit.compliance.look import look


def script(*lines: str) -> list[dict[str, str]]:
    return [{"Content": b64encode("\n".join(lines).encode()).decode()}]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({}, "pass"),
        ({"OnCreate": [], "OnStart": []}, "pass"),
        ({"OnStart": script("echo hello")}, "pass"),
        ({"OnStart": script("API_KEY=12345")}, "fail"),
        (
            {"OnCreate": script("aws configure set aws_secret_access_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY")},
            "fail",
        ),
        ({"OnStart": [{"Content": "not base64"}]}, "unknown"),
    ],
)
def test_scripts_are_searched_for_secrets(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {LIFECYCLE_CONFIG: said})[0] == verdict


def test_the_reason_says_where_and_never_what() -> None:
    said = {"OnCreate": script("echo hello", "export DB_PASSWORD=correct-horse")}
    assert look(CONTROL, {LIFECYCLE_CONFIG: said})[1] == "secret in a setting in OnCreate[0] on line 2"
