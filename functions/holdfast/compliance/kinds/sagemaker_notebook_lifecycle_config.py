"""The scripts that run when a notebook instance is made or started."""

from holdfast.compliance.reads.sagemaker import LIFECYCLE_CONFIG, LIFECYCLE_CONFIG_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_notebook_lifecycle_config",
    noun="notebook lifecycle configuration",
    api="NotebookInstanceLifecycleConfig",
    described=LIFECYCLE_CONFIG,
    tags=LIFECYCLE_CONFIG_TAGS,
    type_in_arn="notebook-instance-lifecycle-config",
    rejudges={"UpdateNotebookInstanceLifecycleConfig": "sagemaker_notebook_instance"},
)
