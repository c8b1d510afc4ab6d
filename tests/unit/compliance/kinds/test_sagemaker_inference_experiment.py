import pytest

from holdfast.compliance.kinds.sagemaker_inference_experiment import KIND
from tests.unit.compliance.sagemaker_calls import named, tagged


@pytest.mark.parametrize(
    "call",
    [
        "CreateInferenceExperiment",
        "UpdateInferenceExperiment",
        "StartInferenceExperiment",
        "StopInferenceExperiment",
        "DeleteInferenceExperiment",
    ],
)
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, name="shadow") == ["shadow"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "inference-experiment/shadow") == ["shadow"]
    assert tagged(KIND, "inference-experiment-of-another-type/shadow") == []
