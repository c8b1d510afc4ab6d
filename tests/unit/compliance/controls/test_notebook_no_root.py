from typing import Any

import pytest

from holdfast.compliance.controls.notebook_no_root import CONTROL
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"RootAccess": "Disabled"}, "pass"),
        ({"RootAccess": "Enabled"}, "fail"),
        ({}, "fail"),
    ],
)
def test_only_disabled_root_complies_and_the_default_is_enabled(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {NOTEBOOK: said})[0] == verdict
