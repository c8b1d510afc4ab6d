import pytest

from holdfast.compliance.kinds.sagemaker_model_quality_definition import KIND
from holdfast.compliance.reads.sagemaker import MODEL_QUALITY
from tests.unit.compliance.sagemaker_calls import at, declared, named, requested, tagged


@pytest.mark.parametrize("call", ["CreateModelQualityJobDefinition", "DeleteModelQualityJobDefinition"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, jobDefinitionName="watch") == ["watch"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "model-quality-job-definition/watch") == ["watch"]
    assert tagged(KIND, "model-quality-job-definition-of-another-type/watch") == []


def test_a_request_is_described_as_the_template_would_be() -> None:
    said = declared(KIND, {"NetworkConfig": {"EnableNetworkIsolation": True}})
    assert requested(KIND, networkConfig={"enableNetworkIsolation": True}) == at(said, MODEL_QUALITY)
