import pytest

from holdfast.compliance.kinds.sagemaker_domain import KIND
from holdfast.compliance.reads.sagemaker import DOMAIN
from tests.unit.compliance.sagemaker_calls import at, declared, named, requested, tagged


@pytest.mark.parametrize("call", ["UpdateDomain", "DeleteDomain"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, domainId="d-1") == ["d-1"]


@pytest.mark.parametrize("call", ["CreateUserProfile", "UpdateUserProfile", "CreateSpace", "UpdateSpace", "CreateApp"])
def test_what_is_made_inside_it_is_a_reason_to_look_at_it(call: str) -> None:
    assert named(KIND, call, domainId="d-1", userProfileName="ana") == ["d-1"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "domain/d-1") == ["d-1"]
    assert tagged(KIND, "domain-of-another-type/d-1") == []


def test_a_new_domain_is_named_by_the_answer_alone() -> None:
    answer = {"domainArn": "arn:aws:sagemaker:eu-west-1:123456789012:domain/d-1"}
    assert named(KIND, "CreateDomain", answer, domainName="studio") == ["d-1"]


def test_studio_reaches_the_internet_unless_it_is_told_not_to() -> None:
    assert at(declared(KIND, {"AuthMode": "SSO"}), DOMAIN)["AppNetworkAccessType"] == "PublicInternetOnly"
    assert requested(KIND, appNetworkAccessType="VpcOnly")["AppNetworkAccessType"] == "VpcOnly"
