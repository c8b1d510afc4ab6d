from typing import Any

import pytest

from holdfast.compliance.controls.lifecycle import CONTROL


@pytest.mark.parametrize(
    ("rules", "broken"),
    [
        ([{"Status": "Enabled", "Expiration": {"Days": 30}}], None),
        ([{"Status": "Disabled"}, {"Status": "Enabled"}], None),
        ([{"Status": "Disabled"}], "no lifecycle rule is enabled"),
        ([], "there is no lifecycle rule"),
    ],
)
def test_one_enabled_rule_complies(rules: list[dict[str, Any]], broken: str | None) -> None:
    assert CONTROL.check({"get_bucket_lifecycle_configuration": {"Rules": rules}}) == broken


def test_a_lifecycle_never_set_breaks_it() -> None:
    assert CONTROL.check({"get_bucket_lifecycle_configuration": {}}) == "there is no lifecycle rule"
