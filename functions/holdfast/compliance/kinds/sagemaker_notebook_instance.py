"""A notebook instance."""

from holdfast.compliance.checks.lifecycle_scripts import HOOKS
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.kind import Declared
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.sagemaker import NOTEBOOK, NOTEBOOK_TAGS
from holdfast.compliance.reads.sagemaker_linked import NOTEBOOK_SCRIPTS
from holdfast.compliance.sagemaker import standing

SCRIPTS = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
NAME = "NotebookInstanceLifecycleConfigName"


def declares(notebook: Declared) -> dict[Read, Fact | Unread]:
    """Give the lifecycle scripts of a notebook instance, if the same template declares them."""
    wanted = notebook.properties.get("LifecycleConfigName")
    if not wanted or isinstance(wanted, Unresolved):
        return {NOTEBOOK_SCRIPTS: Unread(wanted.reason) if wanted else {}}
    for logical, (type_name, said) in notebook.others.items():
        if type_name == SCRIPTS and wanted in (logical, said.get(NAME)):
            return {NOTEBOOK_SCRIPTS: {"Name": wanted, **{hook: said.get(hook) for hook in HOOKS}}}
    return {NOTEBOOK_SCRIPTS: Unread("the template does not declare its lifecycle configuration")}


KIND = standing(
    "sagemaker_notebook_instance",
    noun="notebook instance",
    api="NotebookInstance",
    described=NOTEBOOK,
    tags=NOTEBOOK_TAGS,
    type_in_arn="notebook-instance",
    verbs=("Create", "Update", "Start", "Stop", "Delete"),
    renamed={"LifecycleConfigName": NAME, "SecurityGroupIds": "SecurityGroups"},
    assumed={"DirectInternetAccess": "Enabled", "RootAccess": "Enabled", "PlatformIdentifier": "notebook-al2023-v1"},
    declares=declares,
)
