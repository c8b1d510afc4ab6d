from typing import Any

import pytest

from holdfast.compliance.controls.access_logging import CONTROL


@pytest.mark.parametrize(
    ("answer", "complies"),
    [
        ({"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}, True),
        ({"LoggingEnabled": {"TargetBucket": ""}}, False),
        ({"LoggingEnabled": {}}, False),
        ({}, False),
    ],
)
def test_logs_need_a_target(answer: dict[str, Any], complies: bool) -> None:
    assert (CONTROL.check({"get_bucket_logging": answer}) is None) is complies
