from typing import Any

from holdfast.compliance.controls.shadow_bucket import CONTROL
from holdfast.compliance.facts import Unread
from holdfast.compliance.reads.s3_names import GUESSABLE
from tests.unit.compliance.look import ACCOUNT, look


def held(*, own: bool, taken: bool) -> dict[str, Any]:
    name = f"sagemaker-eu-west-1-{ACCOUNT}"
    return {"Names": [{"Name": name, "Service": "SageMaker", "IsOwn": own, "IsTaken": taken}]}


def test_a_name_that_a_stranger_holds_fails() -> None:
    verdict, reason = look(CONTROL, {GUESSABLE: held(own=False, taken=True)}, name=ACCOUNT)
    assert verdict == "fail"
    assert f"sagemaker-eu-west-1-{ACCOUNT} (SageMaker)" in reason


def test_ones_own_bucket_and_a_name_that_nobody_holds_comply() -> None:
    assert look(CONTROL, {GUESSABLE: held(own=True, taken=True)}, name=ACCOUNT) == ("pass", CONTROL.title)
    assert look(CONTROL, {GUESSABLE: held(own=False, taken=False)}, name=ACCOUNT) == ("pass", CONTROL.title)


def test_names_that_cannot_be_asked_after_are_unknown() -> None:
    assert look(CONTROL, {GUESSABLE: Unread("denied")}, name=ACCOUNT) == ("unknown", "denied")
