import pytest

from holdfast.compliance.kinds.sagemaker_app_image_config import KIND
from tests.unit.compliance.sagemaker_calls import named, tagged


@pytest.mark.parametrize("call", ["CreateAppImageConfig", "UpdateAppImageConfig", "DeleteAppImageConfig"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, appImageConfigName="kernel") == ["kernel"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "app-image-config/kernel") == ["kernel"]
    assert tagged(KIND, "app-image-config-of-another-type/kernel") == []
