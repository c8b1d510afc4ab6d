import pytest

from holdfast.compliance.kinds.sagemaker_endpoint import KIND
from tests.unit.compliance.sagemaker_calls import named, tagged


@pytest.mark.parametrize(
    "call", ["CreateEndpoint", "UpdateEndpoint", "DeleteEndpoint", "UpdateEndpointWeightsAndCapacities"]
)
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, endpointName="churn") == ["churn"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "endpoint/churn") == ["churn"]
    assert tagged(KIND, "endpoint-of-another-type/churn") == []
