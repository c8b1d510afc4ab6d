import pytest

from holdfast.compliance.kinds.sagemaker_image import KIND
from holdfast.compliance.reads.sagemaker import IMAGE
from tests.unit.compliance.sagemaker_calls import at, declared, named, requested, tagged


@pytest.mark.parametrize("call", ["CreateImage", "UpdateImage", "DeleteImage"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, imageName="studio") == ["studio"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "image/studio") == ["studio"]
    assert tagged(KIND, "image-of-another-type/studio") == []


def test_a_template_calls_the_description_by_another_name() -> None:
    assert at(declared(KIND, {"ImageDescription": "ours"}), IMAGE) == {"Description": "ours"}
    assert requested(KIND, description="ours") == {"Description": "ours"}
