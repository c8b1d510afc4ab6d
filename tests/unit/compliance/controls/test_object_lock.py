import pytest

from holdfast.compliance.controls.object_lock import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import OBJECT_LOCK
from holdfast.shared.errors import ConfigurationError
from tests.unit.compliance.look import look

ON: Fact = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}


def retaining(mode: str) -> Fact:
    rule = {"DefaultRetention": {"Mode": mode, "Days": 30}}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}


@pytest.mark.parametrize(
    ("answer", "given", "verdict"),
    [
        (ON, {}, "pass"),
        ({}, {}, "fail"),
        ({"ObjectLockConfiguration": {}}, {}, "fail"),
        (retaining("GOVERNANCE"), {}, "pass"),
        (retaining("GOVERNANCE"), {"mode": "GOVERNANCE"}, "pass"),
        (retaining("GOVERNANCE"), {"mode": "COMPLIANCE"}, "fail"),
        (ON, {"mode": "GOVERNANCE"}, "fail"),
    ],
)
def test_the_lock_must_be_on_and_of_the_mode_that_was_asked_for(answer: Fact, given: Fact, verdict: str) -> None:
    assert look(CONTROL, {OBJECT_LOCK: answer}, **given)[0] == verdict


def test_a_mode_that_s3_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="object_lock"):
        look(CONTROL, {OBJECT_LOCK: ON}, mode="STRICT")
