import pytest

from holdfast.compliance.kinds.sagemaker_model import KIND
from holdfast.compliance.reads.sagemaker import MODEL
from tests.unit.compliance.sagemaker_calls import at, declared, named, requested, tagged


@pytest.mark.parametrize("call", ["CreateModel", "DeleteModel"])
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, modelName="churn") == ["churn"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "model/churn") == ["churn"]
    assert tagged(KIND, "model-of-another-type/churn") == []


def test_a_template_says_of_it_what_aws_would() -> None:
    said = declared(KIND, {"EnableNetworkIsolation": True, "PrimaryContainer": {"Image": "churn"}})
    assert at(said, MODEL) == {"EnableNetworkIsolation": True, "PrimaryContainer": {"Image": "churn"}}
    assert requested(KIND, enableNetworkIsolation=True, primaryContainer={"image": "churn"}) == at(said, MODEL)
