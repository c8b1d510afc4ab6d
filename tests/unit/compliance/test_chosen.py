import pytest

from holdfast.compliance.chosen import Chosen, Named, controls_called
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Everything
from holdfast.shared.errors import ConfigurationError

BUCKET = Resource("s3_bucket", "training-data", "123456789012")


@pytest.mark.parametrize(
    "name",
    ["tls_only", "FSBP S3.5", "S3.5", "s3.5", "Config s3-bucket-ssl-requests-only", " s3-bucket-ssl-requests-only "],
)
def test_a_control_goes_by_its_id_and_its_references(name: str) -> None:
    assert controls_called([name]) == {"tls_only"}


@pytest.mark.parametrize("name", ["S3.999", "", "S3", "tls"])
def test_a_name_that_no_control_goes_by_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no control goes by"):
        controls_called([name])


def test_only_the_chosen_controls_hold() -> None:
    assert [control.id for control in Chosen(Everything(), {"tls_only"}).controls(BUCKET)] == ["tls_only"]


def test_a_named_control_is_told_what_was_given_with_its_name() -> None:
    rules = Named(Everything({"lifecycle": {"targetExpirationDays": 1}}), {"lifecycle"}, {"targetExpirationDays": "30"})
    [control] = rules.controls(BUCKET)
    assert rules.parameters(control, BUCKET).model_dump()["target_expiration_days"] == 30


def test_a_named_control_is_told_what_the_rules_say_if_nothing_was_given() -> None:
    rules = Named(Everything({"lifecycle": {"targetExpirationDays": 1}}), {"lifecycle"}, {})
    [control] = rules.controls(BUCKET)
    assert rules.parameters(control, BUCKET).model_dump()["target_expiration_days"] == 1
