import pytest

from holdfast.compliance.remediation.settings import RemediationSettings

PLACE = {"HOLDFAST_ACCOUNT": "123456789012", "HOLDFAST_REGION": "eu-west-1"}
SETTINGS = RemediationSettings.load(
    {**PLACE, "HOLDFAST_REMEDIATOR_ROLE": "Holdfast-Remediator", "HOLDFAST_OWN_BUCKETS": "state,quarantine"}
)


@pytest.mark.parametrize(
    ("principal", "is_ours"),
    [
        ("arn:aws:sts::123456789012:assumed-role/Holdfast-Remediator/Holdfast-Remediator-x", True),
        ("arn:aws-cn:sts::123456789012:assumed-role/Holdfast-Remediator/session", True),
        ("arn:aws:sts::123456789012:assumed-role/Holdfast-Remediator-2/session", False),
        ("arn:aws:sts::123456789012:assumed-role/platform/Holdfast-Remediator", False),
        ("arn:aws:iam::123456789012:user/Holdfast-Remediator", False),
        (None, False),
    ],
)
def test_our_own_role_is_known_by_its_name(principal: str | None, is_ours: bool) -> None:
    assert SETTINGS.did(principal) is is_ours


def test_where_no_role_changes_buckets_nobody_is_taken_for_it() -> None:
    nobody = RemediationSettings.load({**PLACE, "HOLDFAST_REMEDIATOR_ROLE": ""})
    assert nobody.did("arn:aws:sts::123456789012:assumed-role//session") is False
    assert nobody.own_buckets == ()
    assert SETTINGS.own_buckets == ("state", "quarantine")
