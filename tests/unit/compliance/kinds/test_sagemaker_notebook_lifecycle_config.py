import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.kinds.sagemaker_notebook_lifecycle_config import KIND
from holdfast.compliance.logic import rejudged
from tests.unit.compliance.sagemaker_calls import named, tagged


@pytest.mark.parametrize(
    "call",
    [
        "CreateNotebookInstanceLifecycleConfig",
        "UpdateNotebookInstanceLifecycleConfig",
        "DeleteNotebookInstanceLifecycleConfig",
    ],
)
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, notebookInstanceLifecycleConfigName="start") == ["start"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "notebook-instance-lifecycle-config/start") == ["start"]
    assert tagged(KIND, "notebook-instance-lifecycle-config-of-another-type/start") == []


def test_changed_scripts_make_every_notebook_worth_a_look() -> None:
    detail = {
        "eventName": "UpdateNotebookInstanceLifecycleConfig",
        "requestParameters": {"notebookInstanceLifecycleConfigName": "start"},
    }
    call = RecordedCall.receive({"source": "aws.sagemaker", "detail": detail})
    assert rejudged(call, (KIND,)) == {"sagemaker_notebook_instance"}
