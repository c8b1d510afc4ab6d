import pytest

from holdfast.compliance.kinds.sagemaker_model_package_group import KIND
from holdfast.compliance.reads.sagemaker_linked import PACKAGE_GROUP_POLICY
from tests.unit.compliance.sagemaker_calls import declared, named, tagged


@pytest.mark.parametrize(
    "call",
    [
        "CreateModelPackageGroup",
        "DeleteModelPackageGroup",
        "PutModelPackageGroupPolicy",
        "DeleteModelPackageGroupPolicy",
    ],
)
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, modelPackageGroupName="bikes") == ["bikes"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "model-package-group/bikes") == ["bikes"]
    assert tagged(KIND, "model-package-group-of-another-type/bikes") == []


def test_a_template_may_share_it() -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    assert declared(KIND, {"ModelPackageGroupPolicy": policy})[PACKAGE_GROUP_POLICY] == {"ResourcePolicy": policy}
    assert declared(KIND, {})[PACKAGE_GROUP_POLICY] == {}
