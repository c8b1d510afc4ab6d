import pytest

from holdfast.compliance.controls.versioning_enabled import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import VERSIONING
from tests.unit.compliance.look import look, remedy


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
def test_only_enabled_versioning_complies(answer: Fact, broken: str | None) -> None:
    verdict, reason = look(CONTROL, {VERSIONING: answer})
    assert (verdict, reason) == (("pass", CONTROL.title) if broken is None else ("fail", broken))


@pytest.mark.parametrize(("asked", "verdict"), [("true", "fail"), ("false", "pass")])
def test_mfa_delete_counts_if_it_was_asked_for(asked: str, verdict: str) -> None:
    assert look(CONTROL, {VERSIONING: {"Status": "Enabled"}}, isMfaDeleteEnabled=asked)[0] == verdict
    both = {"Status": "Enabled", "MFADelete": "Enabled"}
    assert look(CONTROL, {VERSIONING: both}, isMfaDeleteEnabled=asked)[0] == "pass"


@pytest.mark.parametrize(
    ("before", "said"),
    [({}, "S3 can only suspend it again"), ({"Status": "Suspended"}, "undo suspends it")],
)
def test_the_remedy_enables_and_its_undo_suspends(before: Fact, said: str) -> None:
    plan = remedy(CONTROL, {VERSIONING: before})
    [apply], [undo] = plan.apply, plan.undo
    assert apply.arguments == {"VersioningConfiguration": {"Status": "Enabled"}}
    assert undo.arguments == {"VersioningConfiguration": {"Status": "Suspended"}}
    assert said in plan.does


def test_where_mfa_delete_is_on_only_the_root_user_can_help() -> None:
    with pytest.raises(AssertionError, match="root user"):
        remedy(CONTROL, {VERSIONING: {"Status": "Suspended", "MFADelete": "Enabled"}})
