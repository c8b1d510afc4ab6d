import pytest

from holdfast.compliance.kinds.sagemaker_endpoint_config import KIND
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG
from tests.unit.compliance.sagemaker_calls import at, declared, named, requested, tagged


@pytest.mark.parametrize("call", ["CreateEndpointConfig", "DeleteEndpointConfig"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, endpointConfigName="churn") == ["churn"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "endpoint-config/churn") == ["churn"]
    assert tagged(KIND, "endpoint-config-of-another-type/churn") == []


def test_a_request_is_described_as_the_template_would_be() -> None:
    variant = {"VariantName": "a", "InitialInstanceCount": 1}
    said = at(declared(KIND, {"ProductionVariants": [variant]}), ENDPOINT_CONFIG)
    assert requested(KIND, productionVariants=[{"variantName": "a", "initialInstanceCount": 1}]) == said
