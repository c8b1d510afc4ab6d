import pytest

from holdfast.compliance.kinds.sagemaker_feature_group import KIND
from tests.unit.compliance.sagemaker_calls import named, tagged


@pytest.mark.parametrize("call", ["CreateFeatureGroup", "UpdateFeatureGroup", "DeleteFeatureGroup"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, featureGroupName="rides") == ["rides"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "feature-group/rides") == ["rides"]
    assert tagged(KIND, "feature-group-of-another-type/rides") == []
