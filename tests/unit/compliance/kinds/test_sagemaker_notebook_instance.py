import pytest

from holdfast.compliance.facts import Unread
from holdfast.compliance.kinds.sagemaker_notebook_instance import KIND
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.sagemaker import NOTEBOOK
from holdfast.compliance.reads.sagemaker_linked import NOTEBOOK_SCRIPTS
from tests.unit.compliance.sagemaker_calls import at, declared, named, requested, tagged


@pytest.mark.parametrize(
    "call",
    [
        "CreateNotebookInstance",
        "UpdateNotebookInstance",
        "StartNotebookInstance",
        "StopNotebookInstance",
        "DeleteNotebookInstance",
    ],
)
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, notebookInstanceName="Lab") == ["Lab"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "notebook-instance/Lab") == ["Lab"]
    assert tagged(KIND, "notebook-instance-of-another-type/Lab") == []


def test_amazons_defaults_hold_where_a_template_or_a_request_says_nothing() -> None:
    assert KIND.tags is not None
    said = declared(KIND, {"InstanceType": "ml.t3.medium", "Tags": [{"Key": "owner", "Value": "ml"}]})
    assert at(said, NOTEBOOK)["DirectInternetAccess"] == "Enabled"
    assert at(said, NOTEBOOK)["RootAccess"] == "Enabled"
    assert at(said, NOTEBOOK)["PlatformIdentifier"] == "notebook-al2023-v1"
    assert said[KIND.tags] == {"TagSet": [{"Key": "owner", "Value": "ml"}]}
    asked = requested(KIND, rootAccess="Disabled", subnetId="subnet-1", lifecycleConfigName="start")
    assert (asked["RootAccess"], asked["SubnetId"]) == ("Disabled", "subnet-1")
    assert asked["DirectInternetAccess"] == "Enabled"
    assert asked["NotebookInstanceLifecycleConfigName"] == "start"


def test_its_scripts_are_those_that_the_same_template_declares() -> None:
    scripts = {"OnStart": [{"Content": "ZWNobyBoZWxsbw=="}]}
    config = ("AWS::SageMaker::NotebookInstanceLifecycleConfig", scripts)
    assert at(declared(KIND, {"LifecycleConfigName": "Start"}, Start=config), NOTEBOOK_SCRIPTS)["OnStart"]
    assert isinstance(declared(KIND, {"LifecycleConfigName": "Elsewhere"}, Start=config)[NOTEBOOK_SCRIPTS], Unread)
    assert declared(KIND, {}, Start=config)[NOTEBOOK_SCRIPTS] == {}
    unknown = {"LifecycleConfigName": Unresolved("a parameter that nobody gave")}
    assert isinstance(declared(KIND, unknown, Start=config)[NOTEBOOK_SCRIPTS], Unread)
