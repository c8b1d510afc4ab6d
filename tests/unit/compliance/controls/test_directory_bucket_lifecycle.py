from typing import Any

import pytest

from holdfast.compliance.controls.directory_bucket_lifecycle import CONTROL
from holdfast.compliance.reads.s3 import DIRECTORY_LIFECYCLE
from tests.unit.compliance.look import look

EXPIRES = {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 7}}


@pytest.mark.parametrize(
    ("rules", "given", "verdict"),
    [
        ([EXPIRES], {}, "pass"),
        ([{"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}], {}, "pass"),
        ([{**EXPIRES, "Status": "Disabled"}], {}, "fail"),
        ([], {}, "fail"),
        ([EXPIRES], {"targetExpirationDays": 7}, "pass"),
        ([EXPIRES], {"targetExpirationDays": 8}, "fail"),
        ([{**EXPIRES, "Status": "Disabled"}, {"Status": "Enabled"}], {"targetExpirationDays": 7}, "fail"),
    ],
)
def test_a_rule_must_be_enabled_and_end_objects_when_asked(rules: list[Any], given: Any, verdict: str) -> None:
    facts = {DIRECTORY_LIFECYCLE: {"Rules": rules} if rules else {}}
    assert look(CONTROL, facts, name="fast--euw1-az1--x-s3", **given)[0] == verdict
