import pytest

from holdfast.compliance.controls.mfa_delete_always import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import VERSIONING
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("versioning", "verdict"),
    [
        ({"Status": "Enabled", "MFADelete": "Enabled"}, "pass"),
        ({"Status": "Enabled", "MFADelete": "Disabled"}, "fail"),
        ({"Status": "Enabled"}, "fail"),
        ({}, "fail"),
    ],
)
def test_mfa_delete_is_asked_of_every_bucket(versioning: Fact, verdict: str) -> None:
    assert look(CONTROL, {VERSIONING: versioning})[0] == verdict
