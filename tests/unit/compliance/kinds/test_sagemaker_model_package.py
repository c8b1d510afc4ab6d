import pytest

from holdfast.compliance.kinds.sagemaker_model_package import KIND
from tests.unit.compliance.sagemaker_calls import named, tagged


@pytest.mark.parametrize("call", ["UpdateModelPackage"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, modelPackageArn="bikes/3") == ["bikes/3"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "model-package/bikes/3") == ["bikes/3"]
    assert tagged(KIND, "model-package-of-another-type/bikes/3") == []


def test_a_version_is_named_by_what_follows_the_type_in_its_arn() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/bikes/3"
    assert named(KIND, "CreateModelPackage", {"modelPackageArn": arn}, modelPackageGroupName="bikes") == ["bikes/3"]
    assert named(KIND, "UpdateModelPackage", modelPackageArn=arn) == ["bikes/3"]
    assert named(KIND, "DeleteModelPackage", modelPackageName=arn) == ["bikes/3"]
