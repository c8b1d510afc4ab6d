import pytest

from holdfast.compliance.controls.mfa_delete import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import LIFECYCLE, VERSIONING
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
def test_deleting_a_version_takes_a_second_factor(versioning: Fact, verdict: str) -> None:
    assert look(CONTROL, {VERSIONING: versioning, LIFECYCLE: {}})[0] == verdict


def test_a_bucket_with_a_lifecycle_cannot_have_it() -> None:
    facts = {VERSIONING: {"Status": "Enabled"}, LIFECYCLE: {"Rules": [{"Status": "Disabled"}]}}
    assert look(CONTROL, facts)[0] == "not_applicable"
