from typing import Any

import pytest

from holdfast.compliance.controls.versioning_enabled import CONTROL


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        ({"Status": "Enabled"}, None),
        ({"Status": "Enabled", "MFADelete": "Disabled"}, None),
        ({"Status": "Suspended"}, "versioning is suspended"),
        ({}, "versioning is never set"),
        ({"Status": "enabled"}, "versioning is enabled"),
    ],
)
def test_only_enabled_versioning_complies(answer: dict[str, Any], broken: str | None) -> None:
    assert CONTROL.check({"get_bucket_versioning": answer}) == broken
